import { typeOf, type Graph, type Site } from "../graph/graph.ts";
import { tap } from "../graph/transform/tap.ts";
import type { PictureSubject, PromptSubject } from "../protocol/question.ts";
import type { Activations, TraceParams } from "../protocol/trace.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { bytesPerElement } from "../tensor/dtype.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { nearestWords } from "../tensor/nearest.ts";
import { sizeOf } from "../tensor/shape.ts";
import { loadInput } from "./inputs.ts";
import { vocabularyOf } from "./models/vocabulary.ts";
import type { EngineServices } from "./services.ts";

/** The maximum size of a message is 4 GB. */
const maxBytes = 2 ** 32 - 2 ** 20;

/** Runs one input once and returns its activations at the given sites. */
export function trace(services: EngineServices, params: TraceParams): Promise<Activations> {
  const { subject } = params;
  if (subject.kind === "picture") return traceNetwork(services, params, subject);
  if (subject.kind === "prompt") return traceLanguageModel(services, params, subject);
  throw new GlassboxError("option", "activations are traced for one input: a picture, a tensor or a prompt");
}

async function traceNetwork(
  services: EngineServices,
  { model: file, sites: names, preprocessing }: TraceParams,
  { input }: PictureSubject,
): Promise<Activations> {
  const { models, settings } = services;
  const model = await models.network(file);
  const { network } = model;
  const sites = sitesNamed(network.sites, names);
  requireMemory(network.graph, sites, network.runtime, settings.memoryBudgetBytes);
  const { tensor } = await loadInput(model, input, services, preprocessing);
  const values = sites.map(({ value }) => value);
  const program = await network.program(JSON.stringify(["trace", values]), 1, (graph) => tap(graph, values));
  const found = await program.run(new Map([[network.source.input, tensor]]));
  return new Map(sites.map(({ name, value }) => [name, found.get(value)!]));
}

async function traceLanguageModel(
  { models, settings }: EngineServices,
  { model: file, sites: names }: TraceParams,
  { prompt }: PromptSubject,
): Promise<Activations> {
  const open = await models.languageModel(file);
  const { model, traces } = open;
  const ids = vocabularyOf(open).ids(prompt);
  const graph = model.graph(model.filledLength(ids));
  requireMemory(graph, sitesNamed(graph.sites, names), model.runtime, settings.memoryBudgetBytes);
  const found = await traces.get(ids, names);
  return new Map(names.map((name) => [name, found.get(name)]));
}

function sitesNamed(sites: readonly Site[], names: readonly string[]): readonly Site[] {
  if (names.length === 0) throw new GlassboxError("option", "no site is given whose activations to trace");
  return names.map((name) => {
    const site = sites.find((each) => each.name === name);
    if (site !== undefined) return site;
    const near = nearestWords(
      name,
      sites.map((each) => each.name),
    );
    throw new GlassboxError("option", `the model has no site named ${name}`, {
      hint: near.length ? `Did you mean ${near.join(" or ")}?` : `The first of its sites is ${sites[0]?.name}.`,
    });
  });
}

/** Refuses activations that exceed the memory budget, before anything is computed. */
function requireMemory(graph: Graph, sites: readonly Site[], { name: runtime }: Runtime, budgetBytes: number): void {
  const bytes = [...new Set(sites)].reduce((sum, { value }) => {
    const { dtype, shape } = typeOf(graph, value);
    return sum + sizeOf(shape) * bytesPerElement(runtime === "reference" ? "float64" : dtype);
  }, 0);
  const most = Math.min(budgetBytes, maxBytes);
  if (bytes <= most) return;
  throw new GlassboxError(
    "resource",
    `these activations take ${gigabytes(bytes)}, and ${gigabytes(most)} are allowed`,
    { hint: budgetBytes < maxBytes ? "Trace fewer sites at once, or give more memory." : "Trace fewer sites at once." },
  );
}

const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toPrecision(3)} GB`;
