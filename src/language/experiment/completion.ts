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

interface Suggestion {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  readonly words?: string;
  /** What is written, where it is more than the label. */
  readonly text?: string;
}

/** Methods, options with their values, sites, classes, inputs and readings, from the tables and the actual model. */
export async function completion(asked: Asked, position: Position): Promise<CompletionList> {
  const { lines } = asked.experiment;
  const cursor = cursorAt(lines, position);
  const { suggestions, complete } = await suggest(asked, cursor);
  const end = Math.max(position.character, wordEnd(lines[position.line] ?? "", cursor.start));
  const range = { start: { line: position.line, character: cursor.start }, end: { line: position.line, character: end } };
  const items = suggestions.map(({ label, kind, detail, words, text }, i): CompletionItem => ({
    label,
    kind,
    sortText: String(i).padStart(5, "0"),
    filterText: label,
    textEdit: { range, newText: text ?? label },
    ...(detail !== undefined && { detail }),
    ...(words !== undefined && { documentation: { kind: "markdown", value: words } }),
  }));
  return { isIncomplete: !complete, items };
}

interface Found {
  readonly suggestions: readonly Suggestion[];
  /** False where the model was still being opened: asked again, there is more. */
  readonly complete: boolean;
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

async function ofModel({ experiment, facts }: Asked, list: (model: ModelCard) => readonly Suggestion[]): Promise<Found> {
  const file = experiment.model;
  const model = file === undefined ? undefined : await facts.model(file);
  return { suggestions: model ? list(model) : [], complete: model !== undefined || file === undefined || !fs.existsSync(file) };
}

const sites = (asked: Asked): Promise<Found> =>
  ofModel(asked, (model) => model.sites.map((site) => ({ label: site.name, kind: CompletionItemKind.Field, detail: shapeWords(site), words: site.role })));

/** Classes by name, or `unit:` with the sites that have channels. */
const targets = (asked: Asked, prefix: string): Promise<Found> =>
  ofModel(asked, (model) => {
    if (/unit:[^\s]*$/.test(prefix)) return model.sites.filter(({ shape }) => shape.length > 1).map((site) => ({ label: `unit:${site.name}:0`, kind: CompletionItemKind.Field, detail: shapeWords(site) }));
    const names = model.classes?.names ?? [];
    const twice = names.filter((name, i) => names.indexOf(name) !== i);
    return names.map((name, index) => ({ label: name, kind: CompletionItemKind.EnumMember, detail: `class ${index}`, ...(twice.includes(name) && { text: String(index) }) }));
  });

function claimValues({ experiment, cards }: Asked, key: string | undefined): Found {
  if (key === "over") return whole(aggregates.map((label) => ({ label, kind: CompletionItemKind.EnumMember })));
  if (key === "within") return whole(toleranceUnits.map((label) => ({ label: `0.01 ${label}`, kind: CompletionItemKind.Unit })));
  const { experiment: parsed } = experiment.parsed;
  if (parsed === undefined) return whole([]);
  if (key === "on") return whole(parsed.inputs.flatMap((entry) => inputName(entry) ?? []).map((value) => ({ label: value, kind: CompletionItemKind.File })));
  if (key === "is" || key === "because" || key === "between" || key === "oneOf") return whole([]);
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
