import { agreement, attributionPatching } from "../../methods/language-model/attribution-patching.ts";
import { attributionCheck, checkedSites, finalSite, runChecks } from "../../methods/language-model/components.ts";
import type { Trace } from "../../methods/language-model/language-model.ts";
import { metricReader } from "../../methods/language-model/metric.ts";
import {
  baseSites,
  checkPair,
  coarseFirst,
  componentSite,
  meansOf,
  patchGrid,
  type Replacement,
} from "../../methods/language-model/patching.ts";
import type { Patched, PatchParams, PatchPart } from "../../protocol/language-model.ts";
import type { Check } from "../../protocol/result.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { takeRows } from "../../tensor/rows.ts";
import { patchCode, type CodeOf } from "./code.ts";
import type { OpenLanguageModel } from "../models/open-language-model.ts";
import { idsOf, metricOf, wordsOf } from "./prompts.ts";
import type { Ending, Step } from "./stream.ts";

interface PatchingJob {
  readonly code: CodeOf;
  run(): AsyncGenerator<Step<PatchPart>, Ending<Patched>>;
}

/** A sweep over every layer and token, or head, of a pair of prompts: checked before it starts. */
export function runPatching(
  open: OpenLanguageModel,
  params: PatchParams,
  clean: readonly number[],
  corrupted: readonly number[],
  cancelled: () => boolean,
): PatchingJob {
  const { model } = open;
  const { component, direction, method, replacement } = params;
  checkPair(clean, corrupted);
  model.checkPrompt(clean);
  model.checkPrompt(corrupted);
  const metric = metricOf(open, params.metric);
  const read = params.read ?? clean.length - 1;
  if (!Number.isInteger(read) || read < 0 || read >= clean.length)
    throw new GlassboxError("option", `the metric reads token ${read}, but the prompts have ${clean.length}`);
  const strange = params.layers?.find(
    (layer) => !Number.isInteger(layer) || layer < 0 || layer >= model.decoder.layers,
  );
  if (strange !== undefined)
    throw new GlassboxError("option", `there is no layer ${strange}`, {
      hint: `Choose from 0 to ${model.decoder.layers - 1}.`,
    });
  if (method === "attribution" && replacement !== "run")
    throw new GlassboxError("option", "attribution patching estimates patches from the other run only", {
      hint: "Choose the replacement run, or the exact method.",
    });

  return {
    code: patchCode(params, metric, read, (prompt) => idsOf(open, prompt)),
    async *run() {
      const sites = [...new Set([...baseSites(model), ...checkedSites(model)])];
      const [cleanTrace, corruptedTrace] = [
        await open.traces.get(clean, sites),
        await open.traces.get(corrupted, sites),
      ];
      const [base, source] = direction === "denoise" ? [corruptedTrace, cleanTrace] : [cleanTrace, corruptedTrace];
      const stateOf = (trace: Trace) => takeRows(trace.get(finalSite(model)), read, 1);
      const reader = await metricReader(model, metric, stateOf(cleanTrace));
      const [cleanValue, corruptedValue] = [
        (await reader(stateOf(cleanTrace)))[0]!,
        (await reader(stateOf(corruptedTrace)))[0]!,
      ];
      const { layers, heads } = model.decoder;
      const columns = component === "head" ? heads : clean.length;
      yield {
        progress: { done: 0, total: layers * columns, note: "baseline" },
        part: { kind: "baseline", clean: cleanValue, corrupted: corruptedValue, columns },
      };

      const cells = new Float64Array(layers * columns).fill(Number.NaN);
      const certificate: Check[] = [
        ...runChecks(model, base),
        await attributionCheck(model, base, read, "answer" in metric ? metric.answer : base.tokens[0]!),
      ];
      const wanted = params.layers ?? coarseFirst(layers);
      let done = 0;
      const found = (layer: number, values: Float64Array): Step<PatchPart> => {
        cells.set(values, layer * columns);
        done += columns;
        return {
          progress: { done, total: wanted.length * columns, note: `layer ${layer}` },
          part: { kind: "layer", layer, cells: values },
        };
      };
      const options = { component, metric, read, reference: cleanTrace, cancelled } as const;
      if (method === "attribution") {
        const baseline = direction === "denoise" ? corruptedValue : cleanValue;
        const estimates = await attributionPatching(model, base, {
          component,
          metric,
          read,
          source,
          reference: cleanTrace,
        });
        for (const layer of wanted)
          yield found(
            layer,
            estimates[layer]!.map((value) => baseline + value),
          );
        if (!cancelled())
          certificate.push(
            await compared(model.decoder.layers, estimates, baseline, (layer) =>
              patchGrid(model, base, { ...options, replacement: { kind: "run", trace: source }, layers: [layer] }),
            ),
          );
      } else {
        const put: Replacement = await replacementOf(open, params, source);
        for await (const { layer, cells: values } of patchGrid(model, base, {
          ...options,
          replacement: put,
          layers: wanted,
        }))
          yield found(layer, values);
      }
      const data: Patched = {
        kind: "patched",
        component,
        cleanTokens: Int32Array.from(clean),
        corruptedTokens: Int32Array.from(corrupted),
        clean: cleanValue,
        corrupted: corruptedValue,
        layers,
        columns,
        cells,
        metric,
      };
      return {
        data,
        certificate,
        words: wordsOf(
          open,
          clean,
          corrupted,
          "answer" in metric ? [metric.answer] : [],
          "wrong" in metric ? [metric.wrong] : [],
        ),
      };
    },
  };
}

async function replacementOf(
  open: OpenLanguageModel,
  { replacement, component, means, clean }: PatchParams,
  source: Trace,
): Promise<Replacement> {
  switch (replacement) {
    case "run":
      return { kind: "run", trace: source };
    case "zero":
      return { kind: "zero" };
    case "mean": {
      const prompts = (means?.length ? means : [clean]).map((prompt) => idsOf(open, prompt));
      const sites = Array.from({ length: open.model.decoder.layers }, (_, layer) => componentSite(component, layer));
      return { kind: "mean", means: await meansOf(open.model, prompts, sites) };
    }
  }
}

/** An estimate never stands alone: one layer is run exactly, the middle one, and the two are compared. */
async function compared(
  layers: number,
  estimates: readonly Float64Array[],
  baseline: number,
  exactly: (layer: number) => AsyncGenerator<{ readonly cells: Float64Array }>,
): Promise<Check> {
  const layer = Math.floor(layers / 2);
  for await (const { cells } of exactly(layer)) {
    const exact = cells.map((value) => value - baseline);
    const r = agreement([estimates[layer]!], [exact]);
    return {
      id: "estimate",
      label: "estimate against exact",
      status: r >= 0.9 ? "pass" : r >= 0.6 ? "warn" : "fail",
      value: `r = ${r.toFixed(2)}`,
      sentence: `In layer ${layer}, where every cell was also run exactly, the estimates correlate with the exact effects at r = ${r.toFixed(2)}.`,
      numbers: { r, layer },
    };
  }
  return {
    id: "estimate",
    label: "estimate against exact",
    status: "warn",
    value: "not compared",
    sentence: "No cell was run exactly.",
    numbers: {},
  };
}
