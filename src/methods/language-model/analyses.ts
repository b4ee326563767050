import { analysis, type Analysis } from "../analysis.ts";
import { amount, choice, count, seed, toggle, words } from "../option.ts";

const edits = words("", {
  label: "Edits",
  description:
    'Interventions, as a JSON array, e.g. [{"kind":"scale","site":"blocks.3.attn.hook_z","head":2,"factor":0}].',
});
const top = (most: number) =>
  count(5, 1, most, { label: "Top tokens", description: "Number of top tokens kept at each position." });
const valueWeighted = toggle(false, {
  label: "Value-weighted",
  description: "Attention weights times the norm of the value vector.",
});
const component = choice(["resid_pre", "resid_mid", "attn_out", "mlp_out", "head"], {
  label: "Component",
  description: "The activation that is replaced: by layer and token, or by layer and head.",
});
const metric = choice(["logit-difference", "probability", "log-probability", "divergence"], {
  label: "Metric",
  description:
    "The metric of a run, from the logits of the answer and the wrong token. Divergence is KL from the clean run.",
});
const direction = choice(["denoise", "noise"], {
  label: "Direction",
  description: "Denoise patches clean activations into the corrupted run; noise does the reverse.",
});
const read = count(-1, -1, 1_000_000, {
  label: "Position",
  description: "The position whose logits are read, counted from 0; -1 is the last.",
});
const layers = words("", { label: "Layers", description: "Only these layers, separated by commas; all if empty." });

export const nextTokensAnalysis = analysis("next-tokens", {
  title: "Next tokens",
  summary: "The model's predictions after every token of a prompt.",
  cost: "one forward pass",
  takes: "prompt",
  paper: undefined,
  options: { top: top(1000), edits },
});

export const generateAnalysis = analysis("generate", {
  title: "Generation",
  summary: "How the model continues a prompt.",
  cost: "one forward pass per token",
  takes: "prompt",
  paper: undefined,
  options: {
    most: count(64, 1, 100_000, { label: "Max tokens", description: "Maximum number of new tokens." }),
    temperature: amount(0, 0, 100, {
      label: "Temperature",
      description: "0 is greedy; 1 is the model's own distribution.",
    }),
    topP: amount(1, 0, 1, {
      label: "Top p",
      description: "Sample from the smallest set of tokens whose probabilities reach this sum.",
    }),
    seed: seed(),
    stop: words("", {
      label: "Stop",
      description: "Tokens that end the text, in addition to the model's end token, separated by |.",
    }),
    edits,
  },
});

export const attentionAnalysis = analysis("attention", {
  title: "Attention",
  summary: "What each head attends to: all patterns at a glance, with summary statistics of each head.",
  cost: "one forward pass",
  takes: "prompt",
  paper: undefined,
  options: { valueWeighted, edits },
});

export const attentionHeadAnalysis = analysis("attention-head", {
  title: "Attention of one head",
  summary: "The exact weights of one head, from every token to every earlier token.",
  cost: "one forward pass",
  takes: "prompt",
  paper: undefined,
  options: { head: words("0.0", { label: "Head", description: "Layer and head, e.g. 5.3." }), valueWeighted, edits },
});

export const logitLensAnalysis = analysis("logit-lens", {
  title: "Logit lens",
  summary: "The model's prediction if it ended after each layer.",
  cost: "one forward pass, and an unembedding for each layer",
  takes: "prompt",
  paper: {
    title: "interpreting GPT: the logit lens",
    authors: "nostalgebraist",
    year: 2020,
    link: "https://www.lesswrong.com/posts/AcKRB8wDpdaN6v6ru/interpreting-gpt-the-logit-lens",
  },
  options: {
    top: top(100),
    positions: words("", {
      label: "Positions",
      description: "Positions to read, counted from 0, separated by commas; all if empty.",
    }),
    follow: words("", {
      label: "Track token",
      description:
        "A token, or # and its id, whose rank and probability are tracked. If empty, the model's top token at each position.",
    }),
    edits,
  },
});

export const directAttributionAnalysis = analysis("direct-logit-attribution", {
  title: "Direct logit attribution",
  summary: "The direct contributions of embeddings, heads and MLPs to the logits of a few tokens.",
  cost: "one forward pass",
  takes: "prompt",
  paper: {
    title: "A Mathematical Framework for Transformer Circuits",
    authors: "Elhage et al.",
    year: 2021,
    link: "https://transformer-circuits.pub/2021/framework/index.html",
  },
  options: {
    token: count(-1, -1, 1_000_000, {
      label: "Position",
      description: "The position whose logits are explained, counted from 0; -1 is the last.",
    }),
    targets: words("", {
      label: "Target tokens",
      description:
        "Tokens, or # and their ids, whose logits are explained, separated by |. If empty, the model's top two.",
    }),
    edits,
  },
});

export const activationPatchingAnalysis = analysis("activation-patching", {
  title: "Activation patching",
  summary:
    "Which activation at which token carries the answer: one activation at a time is replaced, and the run resumes from there.",
  cost: "one partial forward pass per layer and token or head",
  takes: "prompt",
  paper: {
    title: "How to use and interpret activation patching",
    authors: "Heimersheim, Nanda",
    year: 2024,
    link: "https://arxiv.org/abs/2404.15255",
  },
  options: {
    component,
    metric,
    direction,
    replacement: choice(["run", "zero", "mean"], {
      label: "Replacement",
      description: "What replaces an activation: the other run's value, zero, or the mean over the prompts of `means`.",
    }),
    means: words("", {
      label: "Means",
      description: "Prompts over whose tokens the mean is taken, separated by |; the clean prompt if empty.",
    }),
    read,
    layers,
  },
});

export const attributionPatchingAnalysis = analysis("attribution-patching", {
  title: "Attribution patching",
  summary: "A gradient-based estimate of all patches at once, compared with the exact patches of one layer.",
  cost: "one forward pass, one gradient, and the exact patches of one layer",
  takes: "prompt",
  paper: {
    title: "Attribution Patching: Activation Patching At Industrial Scale",
    authors: "Nanda",
    year: 2023,
    link: "https://www.neelnanda.io/mechanistic-interpretability/attribution-patching",
  },
  options: { component, metric, direction, read, layers },
});

export const languageAnalyses: readonly Analysis[] = [
  nextTokensAnalysis,
  generateAnalysis,
  attentionAnalysis,
  attentionHeadAnalysis,
  logitLensAnalysis,
  directAttributionAnalysis,
  activationPatchingAnalysis,
  attributionPatchingAnalysis,
];
