import fs from "node:fs";
import path from "node:path";
import { CompletionItemKind, type CompletionItem, type CompletionList, type Position } from "vscode-languageserver";
import { aggregates } from "../../experiment/experiment.ts";
import { analysisKeys, experimentKeys } from "../../experiment/parse.ts";
import { conventionNames } from "../../experiment/preprocessing.ts";
import { claimKeys, toleranceUnits } from "../../experiment/read-claim.ts";
import { inputName } from "../../experiment/input-name.ts";
import { inputKeys } from "../../experiment/read-input.ts";
import { siteOption } from "../../experiment/site-option.ts";
import { analysisNames } from "../../experiment/validate.ts";
import type { MethodCard, OptionCard } from "../../protocol/method-card.ts";
import type { ModelCard } from "../../protocol/model.ts";
import { limits, methodWords, optionWords, shapeWords } from "../words.ts";
import { cursorAt, siblingValue, wordEnd, type Cursor } from "./cursor.ts";
import type { Asked } from "./features.ts";
import { keyWords } from "./key-words.ts";

/** A list of more is not read by anybody. */
const mostChannels = 4096;

interface Suggestion {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  readonly words?: string;
  /** What is written, where it is more than the label. */
  readonly text?: string;
  /** What is typed to find it, where that is more than the label. */
  readonly filter?: string;
  /** Only its beginning: the editor asks at once for the rest. */
  readonly goesOn?: boolean;
}

/** Methods, options with their values, sites, classes, inputs and readings, from the tables and the actual model. */
export async function completion(asked: Asked, position: Position): Promise<CompletionList> {
  const { lines } = asked.experiment;
  const cursor = cursorAt(lines, position);
  const { suggestions, complete, part } = await suggest(asked, cursor);
  const text = lines[position.line] ?? "";
  const start = part === undefined ? cursor.start : position.character - part.length;
  const end = part === undefined ? wordEnd(text, start) : position.character + /^[^\s,}\]"']*/.exec(text.slice(position.character))![0].length;
  const range = { start: { line: position.line, character: start }, end: { line: position.line, character: Math.max(position.character, end) } };
  const items = suggestions.map(({ label, kind, detail, words, text, filter, goesOn }, i): CompletionItem => ({
    label,
    kind,
    sortText: String(i).padStart(5, "0"),
    textEdit: { range, newText: text ?? label },
    ...(detail !== undefined && { detail }),
    ...(words !== undefined && { documentation: { kind: "markdown", value: words } }),
    ...(filter !== undefined && { filterText: filter }),
    ...(goesOn && { command: { title: "Suggest the rest", command: "editor.action.triggerSuggest" } }),
  }));
  return { isIncomplete: !complete, items };
}

interface Found {
  readonly suggestions: readonly Suggestion[];
  /** False where the model was still being opened: asked again, there is more. */
  readonly complete: boolean;
  /** The part of what is written that is completed, if it is not the whole value: the last term of a target. */
  readonly part?: string | undefined;
}

const whole = (suggestions: readonly Suggestion[]): Found => ({ suggestions, complete: true });

async function suggest(asked: Asked, cursor: Cursor): Promise<Found> {
  const { experiment, cards } = asked;
  const [top, second, third] = cursor.path;
  const card = cursor.entry === undefined ? undefined : cards.find(({ id }) => id === siblingValue(experiment.lines, cursor.entry!, "method"));
  if (cursor.writing === "key") {
    if (top === undefined) return whole(keys("", experimentKeys));
    // A bare word in a list of texts is one of them.
    if (top === "inputs" && second === undefined) return whole([...files(asked, /\.(png|jpe?g|webp|npy)$/i, cursor.prefix), ...keys("inputs.", inputKeys)]);
    if (top === "analyses" && second === "options") return whole((card?.options ?? []).map(optionKey));
    if (top === "analyses" && second === "sites") return sites(asked);
    if (top === "analyses" && second === undefined) return whole(keys("analyses.", analysisKeys.filter((key) => fits(key, card))));
    if (top === "claims" && second === undefined) return whole(keys("claims.", claimKeys));
    return whole([]);
  }
  if (top === "model") return whole(files(asked, /\.(onnx|gguf|safetensors|pt|pth|keras|h5|tflite)$/i, cursor.prefix));
  if (top === "preprocessing") return whole(conventionNames.map((label) => ({ label, kind: CompletionItemKind.EnumMember })));
  if (top === "version") return whole([{ label: "1", kind: CompletionItemKind.Value }]);
  if (top === "inputs") return whole(files(asked, /\.(png|jpe?g|webp|npy)$/i, cursor.prefix));
  if (top === "analyses") {
    if (second === "method") return whole(cards.map(methodValue));
    if (second === "target") return targets(asked, cursor.prefix);
    if (second === "sites") return sites(asked);
    const option = second === "options" ? card?.options.find(({ name }) => name === third) : undefined;
    if (option && card && siteOption(card) === option) return sites(asked);
    return whole(option ? optionValues(option) : []);
  }
  if (top === "claims") return claimValues(asked, second);
  return whole([]);
}

const keys = (above: string, names: readonly string[]): readonly Suggestion[] =>
  names.map((label) => ({ label, kind: CompletionItemKind.Property, text: `${label}: `, words: keyWords[above + label] ?? "" }));

const fits = (key: string, card: MethodCard | undefined): boolean =>
  card === undefined || ((key !== "target" || card.needsTarget) && (key !== "options" || card.options.length > 0) && (key !== "sites" || siteOption(card) !== undefined));

const methodValue = (card: MethodCard): Suggestion => ({ label: card.id, kind: CompletionItemKind.Function, detail: card.cost, words: methodWords(card) });

const optionKey = (option: OptionCard): Suggestion => ({ label: option.name, kind: CompletionItemKind.Property, text: `${option.name}: `, detail: limits(option), words: optionWords(option) });

function optionValues(option: OptionCard): readonly Suggestion[] {
  const words = optionWords(option);
  const values = option.choices ?? (option.kind === "flag" ? ["true", "false"] : option.fallback === "" ? [] : [String(option.fallback)]);
  return values.map((label) => ({ label, kind: CompletionItemKind.EnumMember, words, ...(label === String(option.fallback) && { detail: "default" }) }));
}

async function ofModel({ experiment, facts, token }: Asked, list: (model: ModelCard) => readonly Suggestion[]): Promise<Found> {
  const file = experiment.model;
  const model = file === undefined ? undefined : await facts.model(file, token);
  return { suggestions: model ? list(model) : [], complete: model !== undefined || file === undefined || !fs.existsSync(file) };
}

const sites = (asked: Asked): Promise<Found> =>
  ofModel(asked, (model) => model.sites.map((site) => ({ label: site.name, kind: CompletionItemKind.Field, detail: shapeWords(site), words: site.role })));

/** Classes by name; in an expression, after `unit:` the sites that have channels, then the channels, and after `logit:` the classes. */
async function targets(asked: Asked, prefix: string): Promise<Found> {
  const part = /(?:^|[\s*+-])((?:unit|logit):\S*)$/.exec(prefix)?.[1];
  const found = await ofModel(asked, (model) => (part === undefined ? classes(model) : part.startsWith("unit:") ? units(model, part.slice("unit:".length)) : logits(model)));
  return { ...found, part };
}

function classes({ classes: known }: ModelCard): readonly Suggestion[] {
  const names = known?.names ?? [];
  const first = new Map<string, number>();
  const twice = new Set(names.filter((name, i) => (first.has(name) ? true : void first.set(name, i))));
  return [
    ...names.map((name, index) => ({ label: name, kind: CompletionItemKind.EnumMember, detail: `class ${index}`, ...(twice.has(name) && { text: String(index) }) })),
    { label: "logit:", kind: CompletionItemKind.Operator, detail: "of a class, for sums and differences", goesOn: true },
    { label: "unit:", kind: CompletionItemKind.Operator, detail: "the mean of one channel of a site", goesOn: true },
  ];
}

function units({ sites: all }: ModelCard, written: string): readonly Suggestion[] {
  const withChannels = all.filter(({ shape }) => shape.length > 1);
  const site = withChannels.find(({ name }) => written.startsWith(`${name}:`));
  if (site === undefined) return withChannels.map((each) => ({ label: `unit:${each.name}:`, kind: CompletionItemKind.Field, detail: shapeWords(each), goesOn: true }));
  const channels = Math.min(site.shape[1]!, mostChannels);
  return Array.from({ length: channels }, (_, channel) => ({ label: `unit:${site.name}:${channel}`, kind: CompletionItemKind.Value, detail: `channel ${channel} of ${site.shape[1]}` }));
}

const logits = ({ classes: known }: ModelCard): readonly Suggestion[] =>
  Array.from({ length: known?.count ?? 0 }, (_, index) => {
    const name = known?.names?.[index];
    return { label: `logit:${index}`, kind: CompletionItemKind.EnumMember, ...(name !== undefined && { detail: name, filter: `logit:${index} logit:${name}` }) };
  });

async function claimValues({ experiment, cards, token }: Asked, key: string | undefined): Promise<Found> {
  if (key === "over") return whole(aggregates.map((label) => ({ label, kind: CompletionItemKind.EnumMember })));
  if (key === "within") return whole(toleranceUnits.map((label) => ({ label: `0.01 ${label}`, kind: CompletionItemKind.Unit })));
  if (key === "is" || key === "because" || key === "between" || key === "oneOf") return whole([]);
  // A text that was never read yet is waited for; else what was named before the last few keys will do.
  const parsed = (experiment.lastGood ?? (await experiment.reading(token)))?.experiment;
  if (parsed === undefined) return whole([]);
  if (key === "on") return whole(parsed.inputs.flatMap((entry) => inputName(entry) ?? []).map((value) => ({ label: value, kind: CompletionItemKind.File })));
  return whole(analysisNames(parsed, cards).flatMap((name) => readings(name, parsed.analyses.find(({ id }) => name === id || name.startsWith(`${id}@`))?.method.value)));
}

const read = (label: string, words: string): Suggestion => ({ label, kind: CompletionItemKind.Variable, words });

function readings(name: string, method: string | undefined): readonly Suggestion[] {
  if (method === "prediction") return [read(`${name}.top.1.name`, "The best class."), read(`${name}.top.1.probability`, "Its probability."), read(`${name}.probability(class)`, "The probability of a class, by name or number."), read(`${name}.logit(class)`, "The logit of a class.")];
  const completeness = method === "integrated-gradients" ? [read(`${name}.certificate.completeness.net`, "By how much the shares miss the target's change.")] : [];
  return [
    ...completeness,
    read(`${name}.share(mask)`, "The share of the map's magnitude on the object of the mask."),
    read(`${name}.half`, "The smallest share of the places that holds half of the magnitude."),
    read(`${name}.certificate.target.score`, "The value that the map explains."),
    read(`${name}.map.greatest`, "The greatest value; also least, sum, mean, magnitude, norm, at(…)."),
  ];
}

/** A folder's files of a kind, and its folders, as far as the path is written. */
function files({ experiment: { folder } }: Asked, ending: RegExp, prefix: string): readonly Suggestion[] {
  if (folder === undefined) return [];
  const written = prefix.includes("/") ? prefix.slice(0, prefix.lastIndexOf("/") + 1) : "";
  try {
    return fs.readdirSync(path.resolve(folder, written), { withFileTypes: true })
      .filter((each) => !each.name.startsWith(".") && (each.isDirectory() ? !/^node_modules$|\.results$/.test(each.name) : ending.test(each.name)))
      .slice(0, 1000)
      .map((each) => ({ label: `${written}${each.name}${each.isDirectory() ? "/" : ""}`, kind: each.isDirectory() ? CompletionItemKind.Folder : CompletionItemKind.File }));
  } catch {
    return [];
  }
}
