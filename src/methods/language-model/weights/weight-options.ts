import { choice } from "../../option.ts";

export const gains = choice(["raw", "folded"], {
  label: "Norm gains",
  description:
    "`raw`: weights as stored. `folded`: with the gain of the norm before them, and the unembedding without its mean over the vocabulary, as TransformerLens processes them. The norm's division and shift are left out in both.",
});
