import { analysis, type Analysis } from "../analysis.ts";
import { amount, choice, count, seed, toggle, words } from "../option.ts";

const edits = words("", {
  label: "Edits",
  description:
    'Changes of the run as a JSON list, e.g. [{"kind":"scale","site":"blocks.3.attn.hook_z","head":2,"factor":0}].',
});
const top = (most: number) => count(5, 1, most, { label: "Words", description: "Words kept for each place." });
const valueWeighted = toggle(false, {
  label: "Value-weighted",
  description: "Weights times the norm of the value that they fetch.",
});
const component = choice(["resid_pre", "resid_mid", "attn_out", "mlp_out", "head"], {
  label: "Component",
  description: "What is replaced: by layer and token, or by layer and head.",
});
const metric = choice(["logit-difference", "probability", "log-probability", "divergence"], {
  label: "Metric",
  description: "What scores a run, of the input's answer and wrong words; divergence is KL from the clean run.",
});
const direction = choice(["denoise", "noise"], {
  label: "Direction",
  description: "denoise puts clean activations into the corrupted run; noise the other way round.",
});
const read = count(-1, -1, 1_000_000, {
  label: "Token",
  description: "The token whose logits are read, counted from 0; -1 is the last.",
});
const layers = words("", {
  label: "Layers",
  description: "Only these layers, with commas between them; all if empty.",
});

export const nextTokensAnalysis = analysis("next-tokens", {
  title: "Next tokens",
  summary: "What the model expects after every token of a prompt.",
  cost: "one forward run",
  takes: "prompt",
  paper: undefined,
  options: { top: top(1000), edits },
});

export const generateAnalysis = analysis("generate", {
  title: "Generation",
  summary: "How the model continues a prompt.",
  cost: "one forward run of one token for each token",
  takes: "prompt",
  paper: undefined,
  options: {
    most: count(64, 1, 100_000, { label: "Tokens", description: "Tokens at most." }),
    temperature: amount(0, 0, 100, {
      label: "Temperature",
      description: "0 is greedy; 1 is the model's own distribution.",
    }),
    topP: amount(1, 0, 1, {
      label: "Top p",
      description: "Sample from the fewest words whose probabilities reach it.",
    }),
    seed: seed(),
    stop: words("", {
      label: "Stop",
      description: "Tokens that end the text, besides the model's own, with | between them.",
    }),
    edits,
  },
});

export const attentionAnalysis = analysis("attention", {
  title: "Attention",
  summary: "What each head attends to: all patterns at a glance, and how each looks on the whole.",
  cost: "one forward run",
  takes: "prompt",
  paper: undefined,
  options: { valueWeighted, edits },
});

export const attentionHeadAnalysis = analysis("attention-head", {
  title: "Attention of one head",
  summary: "One head's weights exactly: from every token to every token before it.",
  cost: "one forward run",
  takes: "prompt",
  paper: undefined,
  options: { head: words("0.0", { label: "Head", description: "Layer and head, e.g. 5.3." }), valueWeighted, edits },
});

export const logitLensAnalysis = analysis("logit-lens", {
  title: "Logit lens",
  summary: "What the model would say if it ended after each layer.",
  cost: "one forward run, and an unembedding for each layer",
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
      label: "Tokens",
      description: "Tokens to look at, counted from 0, with commas between them; all if empty.",
    }),
    follow: words("", {
      label: "Follow",
      description:
        "A word whose rank and probability are followed, or # and its id; at each token the model's own best if empty.",
    }),
    edits,
  },
});

export const directAttributionAnalysis = analysis("direct-logit-attribution", {
  title: "Direct logit attribution",
  summary: "What embeddings, heads and MLPs write into the logits of a few words directly.",
  cost: "one forward run",
  takes: "prompt",
  paper: {
    title: "A Mathematical Framework for Transformer Circuits",
    authors: "Elhage et al.",
    year: 2021,
    link: "https://transformer-circuits.pub/2021/framework/index.html",
  },
  options: {
    token: count(-1, -1, 1_000_000, {
      label: "Token",
      description: "The token after which, counted from 0; -1 is the last.",
    }),
    targets: words("", {
      label: "Words",
      description:
        "Words whose logits are explained, with | between them, or # and their ids; the model's two best if empty.",
    }),
    edits,
  },
});

export const activationPatchingAnalysis = analysis("activation-patching", {
  title: "Activation patching",
  summary:
    "Which state at which token carries the answer: one activation at a time is replaced and the rest is run on.",
  cost: "one run on from each layer for each token or head",
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
      description: "What takes an activation's place: the other run's, nothing, or the mean over the prompts of means.",
    }),
    means: words("", {
      label: "Means",
      description: "Prompts over whose tokens the mean is taken, with | between them; the clean one if empty.",
    }),
    read,
    layers,
  },
});

export const attributionPatchingAnalysis = analysis("attribution-patching", {
  title: "Attribution patching",
  summary: "The gradient's estimate of every patch at once, compared with one layer's exact ones.",
  cost: "one forward run, one gradient, and one layer's exact patches",
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
