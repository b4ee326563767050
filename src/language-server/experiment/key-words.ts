/** What each key of the format means, by the keys above it. */
export const keyWords: Readonly<Record<string, string>> = {
  version: "Version of this format: 1.",
  title: "What is asked, in a few words: the heading of the report.",
  description: "Why this is asked, for readers of the report.",
  model: "The model file, relative to this one.",
  inputs:
    "What the model is shown: pictures, .npy tensors, patterns such as `photos/*.png`, folders; or labelled data, units, prompts.",
  "inputs.file": "A picture, a .npy tensor, or a pattern.",
  "inputs.folder": "All pictures and tensors of a folder.",
  "inputs.mask": "A picture that is white where the object is, for `share(mask)`.",
  "inputs.data":
    "Labelled samples: `procedural:2000`, `concepts:2500`, a folder of folders, a .csv, .tsv or .npz file.",
  "inputs.label": "Which label of the data is probed; the first if left out.",
  "inputs.unit": "A channel of a site, `blocks.5:20`, to optimize pictures for.",
  "inputs.objective":
    'What pictures are grown for, where it is more than one unit: `channel("blocks.5", 20) - channel("blocks.5", 3)`.',
  "inputs.photographs": "A folder of real pictures to compare with; the sample photographs if left out.",
  "inputs.prompt": "A text for a language model.",
  "inputs.ids": "Token ids between spaces, in place of a text.",
  "inputs.corrupted": "What patching compares the prompt with: as many tokens, another answer.",
  "inputs.answer":
    "The word that patching scores. A word inside a text begins with its space; `#` and a number is an id.",
  "inputs.wrong": "The word that the answer is compared with.",
  "inputs.eos": "Whether the text ends with what the tokenizer's template adds; as the tokenizer has it if left out.",
  "inputs.bos": "Whether the text begins with the beginning-of-sequence token; as the tokenizer has it if left out.",
  "inputs.name": "What claims and files call it; its text if left out.",
  preprocessing:
    "How a picture becomes the input: the name of a convention, or the values. If it is left out, the file next to the model decides; without such a file it is detected.",
  analyses: "What is asked of each input.",
  "analyses.id": "What claims and files call it; the method's name if left out.",
  "analyses.method": "What is computed.",
  "analyses.target":
    "A class's number or name, or an expression such as `logit:281 - logit:285` or `unit:features.12:20`. Left out, the best class of each input.",
  "analyses.options": "The method's options; what is left out has its default.",
  "analyses.sites": "Asked once for each of these sites.",
  claims: "What is expected of the answers; `--check` verifies it.",
  "claims.expect":
    "What is read: the analysis, then a path, e.g. `ig.certificate.completeness.net`, `prediction.top.1.name`, `ig.share(mask)`.",
  "claims.on": "The input that it speaks of; every one if left out.",
  "claims.over": "One number of all inputs instead of each one's: `mean`, `median`, `least`, `greatest`.",
  "claims.within": "How far a number may be off, with its unit: `2 %` of it, `0.5 points` (hundredths), `0.01 logits`.",
  "claims.because": "Why it is claimed, for the report.",
  "claims.is": "Equal, or within the tolerance.",
  "claims.isNot": "Not equal.",
  "claims.above": "A number, or another reading of the same input.",
  "claims.below": "A number, or another reading of the same input.",
  "claims.atLeast": "A number, or another reading of the same input.",
  "claims.atMost": "A number, or another reading of the same input.",
  "claims.between": "Two numbers: `[0.3, 0.4]`.",
  "claims.oneOf": "A list of values: `[tabby, tiger cat]`.",
};
