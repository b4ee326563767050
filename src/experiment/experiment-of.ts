import { stringify } from "yaml";
import type { Preprocessing } from "../protocol/model.ts";
import type { Check, OptionValues } from "../protocol/result.ts";
import { experimentVersion } from "./experiment.ts";

/** One question as a panel or a command asked it. */
export interface Question {
  readonly model: string;
  /** A path, or the keys of another kind of input. */
  readonly input: string | Readonly<Record<string, string | boolean | undefined>>;
  readonly method: string;
  readonly target?: string | undefined;
  readonly sites?: readonly string[] | undefined;
  readonly options: OptionValues;
  /** Written out unless the model's own file states it. */
  readonly preprocessing?: Preprocessing | undefined;
  /** The answer's certificate. Its passed checks become claims. */
  readonly certificate?: readonly Check[] | undefined;
}

/** The experiment file that asks the same question and reproduces the same bytes. */
export function experimentOf({
  model,
  input,
  method,
  target,
  sites,
  options,
  preprocessing,
  certificate = [],
}: Question): string {
  const claims = certificate
    .filter(({ status }) => status === "pass")
    .map(({ id }) => ({ expect: `${method}.certificate.${id}.status`, is: "pass" }));
  const analysis = {
    method,
    ...(target !== undefined && { target }),
    ...(sites && { sites }),
    ...(Object.keys(options).length > 0 && { options }),
  };
  const experiment = {
    version: experimentVersion,
    model,
    inputs: [
      typeof input === "string"
        ? input
        : Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)),
    ],
    ...(preprocessing !== undefined &&
      preprocessing.source !== "metadata" && { preprocessing: valuesOf(preprocessing) }),
    analyses: [analysis],
    ...(claims.length > 0 && { claims }),
  };
  return stringify(experiment, { lineWidth: 0, flowCollectionPadding: true });
}

const valuesOf = ({
  resize,
  crop,
  range,
  mean,
  std,
  channelOrder,
  layout,
}: Preprocessing): Omit<Preprocessing, "source" | "reason"> => ({
  resize,
  crop,
  range,
  mean,
  std,
  channelOrder,
  layout,
});
