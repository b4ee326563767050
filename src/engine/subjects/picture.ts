import { contractKey } from "../../contract/contract-key.ts";
import { formatTarget } from "../../graph/target.ts";
import { commandFlag } from "../../protocol/command-line.ts";
import type { Preprocessing } from "../../protocol/model.ts";
import { findMask, maskShare } from "../mask-share.ts";
import { loadInput } from "../inputs.ts";
import { wholePath } from "../paths.ts";
import { requireExplainable } from "../models/require-explainable.ts";
import { chooseTarget } from "./choose-target.ts";
import type { SubjectOpener } from "./subject.ts";

/** A picture, preprocessed for the model, or an unchanged tensor. */
export const pictureSubject: SubjectOpener<"picture"> = {
  async prepare(
    services,
    { model: file, subject: { input: reference }, target: text, preprocessing: wanted },
    analysis,
  ) {
    const model = requireExplainable(await services.models.network(file));
    const { tensor, pixels, prepared } = await loadInput(model, reference, services, wanted);
    const target = analysis.needsTarget
      ? await chooseTarget({ services, model, input: tensor, preprocessing: wanted }, text)
      : { terms: [] };
    const { preprocessing } = prepared;
    const picture = "path" in reference ? reference.path : reference.name;
    const mask = findMask(reference, preprocessing, services.settings.memoryBudgetBytes);
    return {
      model: model.card.sha256,
      subject: { name: prepared.name, sha256: prepared.sha256 },
      contract: contractKey(model.card.contract, { withNames: true }),
      preparation: preparationOf(preprocessing),
      target: analysis.needsTarget ? formatTarget(target) : undefined,
      runtime: model.network.runtime,
      context: { network: model.network, input: tensor, target, pixels },
      written: {
        flags: [commandFlag("picture", picture)],
        input: "path" in reference ? wholePath(picture) : picture,
        preprocessing,
      },
      fresh: (data) => {
        const share = mask && data.kind === "heatmap" ? maskShare(data, mask) : undefined;
        return share ? [share] : [];
      },
    };
  },
};

/** The preprocessing without its source, which does not change the numbers. */
export function preparationOf(preprocessing: Preprocessing | undefined): string {
  if (preprocessing === undefined) return JSON.stringify(null);
  const { reason: _reason, source: _source, ...values } = preprocessing;
  return JSON.stringify(values);
}
