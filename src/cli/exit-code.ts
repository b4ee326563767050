import { EngineFailure } from "../client/engine-client.ts";
import { systemFailure } from "../files/system-failure.ts";
import type { Failure } from "../protocol/engine.ts";
import { GlassboxError, messageOf } from "../tensor/errors.ts";

/**
 * The outcomes that scripts can distinguish: done; a claim of an experiment does not hold; the input, the model or an
 * option is wrong; Glassbox itself failed; stopped by Ctrl+C.
 */
export const exitCodes = { done: 0, unmet: 1, refused: 2, broken: 3, cancelled: 130 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byKind: Readonly<Record<Failure["kind"], ExitCode>> = {
  file: exitCodes.refused,
  unsupported: exitCodes.refused,
  input: exitCodes.refused,
  option: exitCodes.refused,
  resource: exitCodes.refused,
  cancelled: exitCodes.cancelled,
  defect: exitCodes.broken,
  crash: exitCodes.broken,
};

type Parts = Pick<Failure, "kind" | "what" | "where" | "hint">;

/** A sentence and an exit code for any thrown value. Only unexpected errors are called defects. */
export function explainFailure(error: unknown): { readonly sentence: string; readonly exitCode: ExitCode } {
  const { kind, what, where, hint } = partsOf(error);
  const stated = what.replace(/\.$/, "");
  return { sentence: `${stated}${where ? ` (${where})` : ""}.${hint ? ` ${hint}` : ""}`, exitCode: byKind[kind] };
}

function partsOf(thrown: unknown): Parts {
  // A full disk or a read-only folder is a problem that the user can fix.
  const error = systemFailure(thrown, "written");
  if (error instanceof EngineFailure) return error.failure;
  if (error instanceof GlassboxError) return error;
  return {
    kind: "defect",
    what: `Glassbox met a case that it does not handle: ${messageOf(error)}`,
    where: undefined,
    hint: "Please report it.",
  };
}
