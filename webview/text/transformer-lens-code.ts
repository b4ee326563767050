import type { Component, Metric } from "../../src/protocol/language.ts";

export interface PatchedCell {
  readonly clean: readonly number[];
  readonly corrupted: readonly number[];
  readonly component: Component;
  readonly layer: number;
  /** A position, or a head. */
  readonly column: number;
  readonly metric: Metric;
}

/** The one cell of a patching grid as TransformerLens 4 code: token ids, so that no tokenizer's policy can differ. */
export function transformerLensCode(model: string, { clean, corrupted, component, layer, column, metric }: PatchedCell): string {
  const site = component === "head" ? `blocks.${layer}.attn.hook_z` : `blocks.${layer}.hook_${component}`;
  const place = component === "head" ? `[:, :, ${column}]` : `[:, ${column}]`;
  return `import torch
from transformer_lens.model_bridge import TransformerBridge

model = TransformerBridge.boot_transformers(${JSON.stringify(model)})  # the same weights on the Hub or in a folder
model.enable_compatibility_mode()

clean = torch.tensor([[${clean.join(", ")}]])
corrupted = torch.tensor([[${corrupted.join(", ")}]])
clean_logits, cache = model.run_with_cache(clean)

def put_back(value, hook):
    value${place} = cache[hook.name]${place}
    return value

logits = model.run_with_hooks(corrupted, fwd_hooks=[(${JSON.stringify(site)}, put_back)])[0, -1]
${metricCode(metric)}
`;
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
