import type { Component, Metric } from "../../src/protocol/language.ts";
import type { Experiment } from "./state.ts";

export interface PatchedCell {
  readonly clean: readonly number[];
  readonly corrupted: readonly number[];
  readonly component: Component;
  readonly experiment: Experiment;
  readonly layer: number;
  /** A position, or a head. */
  readonly column: number;
  readonly metric: Metric;
}

/**
 * One cell of a patching grid as TransformerLens 4 code: token ids, so that no tokenizer's policy can differ, and raw weights, so
 * that nothing is folded or centred.
 */
export function transformerLensCode(model: string, cell: PatchedCell): string {
  const { clean, corrupted, component, layer, metric, experiment } = cell;
  const site = component === "head" ? `blocks.${layer}.attn.hook_z` : `blocks.${layer}.hook_${component}`;
  return `import torch
from transformer_lens.model_bridge import TransformerBridge

model = TransformerBridge.boot_transformers(${JSON.stringify(model)})  # the same weights: a name on the Hub, or a folder

clean = torch.tensor([[${clean.join(", ")}]])
corrupted = torch.tensor([[${corrupted.join(", ")}]])
clean_logits, clean_cache = model.run_with_cache(clean)
_, corrupted_cache = model.run_with_cache(corrupted)

${hookCode(cell)}

logits = model.run_with_hooks(${experiment === "denoise" ? "corrupted" : "clean"}, fwd_hooks=[(${JSON.stringify(site)}, write)])[0, -1]
${metricCode(metric)}
`;
}

function hookCode({ component, experiment, column }: PatchedCell): string {
  const place = component === "head" ? `[:, :, ${column}]` : `[:, ${column}]`;
  const mean = `torch.cat([clean_cache[hook.name], corrupted_cache[hook.name]], 1).mean(1${component === "head" ? `, keepdim=True)[:, :, ${column}]` : ")"}`;
  const value = { denoise: `clean_cache[hook.name]${place}`, noise: `corrupted_cache[hook.name]${place}`, zero: "0", mean }[experiment];
  return `def write(value, hook):\n    value${place} = ${value}\n    return value`;
}

function metricCode(metric: Metric): string {
  switch (metric.kind) {
    case "logit-difference":
      return `print((logits[${metric.answer}] - logits[${metric.wrong}]).item())`;
    case "probability":
      return `print(logits.softmax(-1)[${metric.answer}].item())`;
    case "log-probability":
      return `print(logits.log_softmax(-1)[${metric.answer}].item())`;
    case "divergence":
      return "p = clean_logits[0, -1].log_softmax(-1)\nprint((p.exp() * (p - logits.log_softmax(-1))).sum().item())";
  }
}
