import { GlassboxError } from "../tensor/errors.ts";
import type { ModelConfig } from "./config.ts";
import type { Weights } from "./weights.ts";

/** The names of the two matrices of a vocabulary. */
export interface VocabularyMatrices {
  readonly embedding: string;
  readonly head: string;
}

/**
 * Whether the embedding unembeds as well. What the file has counts: its own head is read, as transformers 5 does, and where
 * `tie_word_embeddings` calls the two equal they are compared. A head that is missing is replaced only if the config says so.
 * @param byDefault what the family does if its config says nothing
 */
export function isTied(
  config: ModelConfig,
  weights: Weights,
  { embedding, head }: VocabularyMatrices,
  byDefault: boolean,
): boolean {
  const says = config.flag("tie_word_embeddings", byDefault);
  if (!weights.has(head)) {
    if (says) return true;
    throw new GlassboxError(
      "file",
      `the weights have no ${head}, and ${config.has("tie_word_embeddings") ? "the config says that no other matrix takes its place (tie_word_embeddings false)" : "the config does not say that the embedding takes its place"}: this is the body of a model without its head`,
      {
        where: weights.where,
        hint: 'Save the whole model (AutoModelForCausalLM). If its embedding is its head, write "tie_word_embeddings": true into config.json.',
      },
    );
  }
  if (!says) return false;
  const equal = weights.equal(embedding, head);
  if (equal === true) {
    weights.isCopy(head);
    return true;
  }
  weights.note(
    equal === undefined
      ? `config.json calls the head and the embedding equal; they are too large to be compared here, and the file's own head (${head}) is used.`
      : `config.json calls the head and the embedding equal (tie_word_embeddings), but in the file they differ; the file's own head (${head}) is used.`,
  );
  return false;
}
