import path from "node:path";
import { CompletionItemKind, type CompletionItem, type CompletionList, type Position } from "vscode-languageserver";
import { aggregates } from "../../answers/reading/aggregate.ts";
import { analysisKeys, experimentKeys } from "../../experiment/parse.ts";
import { conventionNames } from "../../experiment/preprocessing.ts";
import { claimKeys, toleranceUnits } from "../../experiment/read-claim.ts";
import { isLocalPath } from "../../files/local-path.ts";
import { exists } from "../../files/look.ts";
import { listFolder } from "../../files/walk.ts";
import { inputName } from "../../experiment/input-name.ts";
import { inputKeys } from "../../experiment/read-input.ts";
import { siteOption } from "../../experiment/site-option.ts";
import { analysisNames } from "../../experiment/validate.ts";
import type { AnalysisCard, OptionCard } from "../../protocol/analysis-card.ts";
import { sitesOf, type KnownModel } from "../known-model.ts";
import { plain } from "../markdown.ts";
import { limits, methodWords, optionWords } from "../words.ts";
import { claimReadings } from "./claim-readings.ts";
import { cursorAt, siblingValue, wordEnd, type Cursor } from "./cursor.ts";
import type { Asked } from "./features.ts";
import { keyWords } from "./key-words.ts";
import { whole, type Found, type Suggestion } from "./suggestion.ts";
import { lastTerm, termSuggestions, units } from "./targets.ts";

/** Methods, options with their values, sites, classes, inputs and readings, from the tables and the actual model. */
export async function completion(asked: Asked, position: Position): Promise<CompletionList> {
  const { lines } = asked.experiment;
  const cursor = cursorAt(lines, position);
  const { suggestions, complete, part } = await suggest(asked, cursor);
  const text = lines[position.line] ?? "";
  const start = part === undefined ? cursor.start : position.character - part.length;
  const end =
    part === undefined
      ? wordEnd(text, start)
      : position.character + /^[^\s,}\]"']*/.exec(text.slice(position.character))![0].length;
  const range = {
    start: { line: position.line, character: start },
    end: { line: position.line, character: Math.max(position.character, end) },
  };
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

async function suggest(asked: Asked, cursor: Cursor): Promise<Found> {
  const { experiment, cards } = asked;
  const [top, second, third] = cursor.path;
  const card =
    cursor.entry === undefined
      ? undefined
      : cards.find(({ id }) => id === siblingValue(experiment.lines, cursor.entry!, "method"));
  if (cursor.writing === "key") {
    if (top === undefined) return whole(keys("", experimentKeys));
    // A bare word in a list of texts is one of them.
    if (top === "inputs" && second === undefined)
      return whole([...files(asked, /\.(png|jpe?g|webp|npy)$/i, cursor.prefix), ...keys("inputs.", inputKeys)]);
    if (top === "analyses" && second === "options") return whole((card?.options ?? []).map(optionKey));
    if (top === "analyses" && second === "sites") return sites(asked);
    if (top === "analyses" && second === undefined)
      return whole(
        keys(
          "analyses.",
          analysisKeys.filter((key) => fits(key, card)),
        ),
      );
    if (top === "claims" && second === undefined) return whole(keys("claims.", claimKeys));
    return whole([]);
  }
  if (top === "model") return whole(files(asked, /\.(onnx|gguf|safetensors|pt|pth|keras|h5|tflite)$/i, cursor.prefix));
  if (top === "preprocessing")
    return whole(conventionNames.map((label) => ({ label, kind: CompletionItemKind.EnumMember })));
  if (top === "version") return whole([{ label: "1", kind: CompletionItemKind.Value }]);
  if (top === "inputs") return inputValues(asked, second, cursor.prefix);
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
  names.map((label) => ({
    label,
    kind: CompletionItemKind.Property,
    text: `${label}: `,
    words: keyWords[above + label] ?? "",
  }));

const fits = (key: string, card: AnalysisCard | undefined): boolean =>
  card === undefined ||
  ((key !== "target" || card.needsTarget) &&
    (key !== "options" || card.options.length > 0) &&
    (key !== "sites" || siteOption(card) !== undefined));

const methodValue = (card: AnalysisCard): Suggestion => ({
  label: card.id,
  kind: CompletionItemKind.Function,
  detail: card.cost,
  words: methodWords(card),
});

const optionKey = (option: OptionCard): Suggestion => ({
  label: option.name,
  kind: CompletionItemKind.Property,
  text: `${option.name}: `,
  detail: limits(option),
  words: optionWords(option),
});

function optionValues(option: OptionCard): readonly Suggestion[] {
  const words = optionWords(option);
  const values =
    option.choices ??
    (option.kind === "flag" ? ["true", "false"] : option.fallback === "" ? [] : [String(option.fallback)]);
  return values.map((label) => ({
    label,
    kind: CompletionItemKind.EnumMember,
    words,
    ...(label === String(option.fallback) && { detail: "default" }),
  }));
}

/** What the model knows of what is written. */
async function ofModel(
  { experiment, facts, token }: Asked,
  list: (known: KnownModel) => readonly Suggestion[],
): Promise<Found> {
  const file = experiment.model;
  const known = file === undefined ? undefined : await facts.known(file, token);
  return {
    suggestions: known ? list(known) : [],
    complete: known !== undefined || file === undefined || facts.restricted || !exists(file),
  };
}

const sites = (asked: Asked): Promise<Found> =>
  ofModel(asked, (known) =>
    sitesOf(known).map(({ name, shape, role }) => ({
      label: name,
      kind: CompletionItemKind.Field,
      detail: shape,
      words: plain(role),
    })),
  );

async function targets(asked: Asked, prefix: string): Promise<Found> {
  const part = lastTerm(prefix);
  return {
    ...(await ofModel(asked, (known) => (known.kind === "picture" ? termSuggestions(known.model, part) : []))),
    part,
  };
}

/** An input by the key that says what it is: a file, labelled data, a unit; texts are anybody's own. */
async function inputValues(asked: Asked, key: string | undefined, prefix: string): Promise<Found> {
  if (key === "unit")
    return ofModel(asked, (known) => (known.kind === "picture" ? units(known.model, prefix, "") : []));
  if (key === "data")
    return whole([
      {
        label: "procedural",
        kind: CompletionItemKind.Value,
        detail: "pictures of shapes, colours and places, drawn as they are needed",
      },
      ...files(asked, /\.(csv|tsv|npz)$/i, prefix),
    ]);
  return whole(
    key === undefined || ["file", "folder", "mask", "photographs"].includes(key)
      ? files(asked, /\.(png|jpe?g|webp|npy)$/i, prefix)
      : [],
  );
}

async function claimValues({ experiment, cards, token }: Asked, key: string | undefined): Promise<Found> {
  if (key === "over") return whole(aggregates.map((label) => ({ label, kind: CompletionItemKind.EnumMember })));
  if (key === "within")
    return whole(toleranceUnits.map((label) => ({ label: `0.01 ${label}`, kind: CompletionItemKind.Unit })));
  if (key === "is" || key === "because" || key === "between" || key === "oneOf") return whole([]);
  // Waits for a text's first reading; later, names from a few keystrokes ago are good enough.
  const parsed = (experiment.lastGood ?? (await experiment.reading(token)))?.experiment;
  if (parsed === undefined) return whole([]);
  if (key === "on")
    return whole(
      parsed.inputs
        .flatMap((entry) => inputName(entry) ?? [])
        .map((value) => ({ label: value, kind: CompletionItemKind.File })),
    );
  return whole(
    analysisNames(parsed, cards).flatMap((name) => {
      const asked = parsed.analyses.find(({ id }) => name === id || name.startsWith(`${id}@`));
      return claimReadings(
        name,
        cards.find(({ id }) => id === asked?.method.value),
      );
    }),
  );
}

/** More are no help. */
const mostListed = 5000;

/** A folder's files of a kind, and its folders, as far as the path is written. */
function files({ experiment: { folder }, facts }: Asked, ending: RegExp, prefix: string): readonly Suggestion[] {
  if (folder === undefined || facts.restricted || !isLocalPath(prefix)) return [];
  const written = prefix.includes("/") ? prefix.slice(0, prefix.lastIndexOf("/") + 1) : "";
  return listFolder(path.resolve(folder, written), mostListed)
    .filter(
      ({ name, isFolder }) =>
        !name.startsWith(".") && (isFolder ? !/^node_modules$|\.results$/.test(name) : ending.test(name)),
    )
    .map(({ name, isFolder }) => ({
      label: `${written}${name}${isFolder ? "/" : ""}`,
      kind: isFolder ? CompletionItemKind.Folder : CompletionItemKind.File,
    }));
}
