import type { Prompt, TokenRef } from "../../src/protocol/language-model.ts";
import { writeTexts } from "../../src/protocol/written-lists.ts";
import type { TextState } from "./state.ts";
import type { PromptQuestion } from "./use-prompt-answer.ts";

/** Whether an activation is set to zero or to a mean, which needs no second prompt. */
export const ablates = ({ experiment }: Pick<TextState, "experiment">): boolean =>
  experiment === "zero" || experiment === "mean";

interface Chosen {
  readonly prompt: Prompt;
  readonly corrupted: Prompt;
  readonly answer: TokenRef | undefined;
  readonly wrong: TokenRef | undefined;
  /** What a mean is taken over. */
  readonly means: readonly string[];
}

type Asked = Pick<TextState, "experiment" | "component" | "metric" | "method">;

/** What the patching view asks; nothing while a token that the metric reads is not known. */
export function patchQuestion(state: Asked, chosen: Chosen): PromptQuestion | undefined {
  const { experiment, component, metric, method } = state;
  const { prompt, corrupted, answer, wrong, means } = chosen;
  const scored = scoredTokens(metric, answer, wrong);
  if (scored === undefined) return undefined;
  const direction = experiment === "denoise" ? "denoise" : "noise";
  if (ablates(state))
    return {
      subject: { kind: "prompt", prompt, ...scored },
      options: {
        component,
        metric,
        direction,
        replacement: experiment,
        ...(experiment === "mean" && { means: writeTexts(means) }),
      },
    };
  return {
    subject: { kind: "prompt", prompt, corrupted, ...scored },
    options: { component, metric, direction },
    when: method === "exact" ? undefined : method,
  };
}

/** The tokens that a metric reads. */
function scoredTokens(
  metric: TextState["metric"],
  answer: TokenRef | undefined,
  wrong: TokenRef | undefined,
): { readonly answer?: TokenRef; readonly wrong?: TokenRef } | undefined {
  if (metric === "divergence") return {};
  if (answer === undefined) return undefined;
  if (metric !== "logit-difference") return { answer };
  return wrong === undefined ? undefined : { answer, wrong };
}

/** The exact patch of one layer, where `question` asks for estimates. */
export const exactLayer = ({ subject, options }: PromptQuestion, layer: number): PromptQuestion => ({
  subject,
  options: { ...options, layers: String(layer) },
});
