import type { Hover, Position } from "vscode-languageserver";
import { targetWords as wordsOfTarget } from "../../answers/target-words.ts";
import { targetTerms, termText } from "../../experiment/target-terms.ts";
import { siteOption } from "../../experiment/site-option.ts";
import type { LanguageOutline } from "../../protocol/language-model.ts";
import type { NetworkCard } from "../../protocol/model.ts";
import { hoverWaitMs } from "../engine-facts.ts";
import { wordsOf, type KnownModel } from "../known-model.ts";
import { siteHover, unitHover } from "../site-hover.ts";
import { code, plain } from "../markdown.ts";
import { languageSiteWords, methodWords, optionWords, unitWords } from "../words.ts";
import { cursorAt, siblingValue, wordEnd } from "./cursor.ts";
import type { Asked } from "./features.ts";
import { keyWords } from "./key-words.ts";

/** A site with its shape, a unit, a method with its formula and paper, an option with its limits, a class, a model, a claim's numbers. */
export async function hover(asked: Asked, position: Position): Promise<Hover | null> {
  const { lines } = asked.experiment;
  const text = lines[position.line] ?? "";
  // Read to the end of the word that the position is in, so that the whole of it is known.
  const before = cursorAt(lines, position);
  const end = wordEnd(text, before.start);
  if (position.character > end || end <= before.start) return null;
  const word = text.slice(before.start, end);
  const isKey = before.writing === "key" && /^:(\s|$)/.test(text.slice(end));
  const path = before.path;
  const words = isKey
    ? keyHover(asked, [...path, word], before.entry)
    : await valueHover(asked, path, word, before.entry, position.line);
  if (words === undefined) return null;
  return {
    contents: { kind: "markdown", value: words },
    range: { start: { line: position.line, character: before.start }, end: { line: position.line, character: end } },
  };
}

const restrictedWords =
  "This workspace is not trusted, so Glassbox does not open the model that it names. *Manage Workspace Trust* changes that.";

const methodOf = ({ experiment, cards }: Asked, entry: number | undefined) =>
  entry === undefined ? undefined : cards.find(({ id }) => id === siblingValue(experiment.lines, entry, "method"));

function keyHover(asked: Asked, path: readonly string[], entry: number | undefined): string | undefined {
  const [top, second, third] = path;
  if (top === "analyses" && second === "options" && third !== undefined) {
    const option = methodOf(asked, entry)?.options.find(({ name }) => name === third);
    return option && optionWords(option);
  }
  return keyWords[path.join(".")];
}

async function valueHover(
  asked: Asked,
  [top, second, third]: readonly string[],
  word: string,
  entry: number | undefined,
  line: number,
): Promise<string | undefined> {
  const { experiment, facts, cards, token } = asked;
  const known = async (): Promise<KnownModel | undefined> =>
    experiment.model === undefined ? undefined : facts.known(experiment.model, token, hoverWaitMs);
  const site = async (): Promise<string | undefined> => {
    const model = await known();
    if (model?.kind === "text") return languageSiteNamed(word, model.model);
    const found = model?.model.sites.find(({ name }) => name === word);
    return model && found && siteHover(model.model, found, facts, token);
  };
  if (top === "model") {
    if (facts.restricted) return restrictedWords;
    const model = await known();
    return model && wordsOf(model);
  }
  if (top === "inputs" && second === "unit") {
    const model = await known();
    return model?.kind === "picture" ? targetHover(`unit:${word}`, model.model, asked) : undefined;
  }
  if (top === "analyses") {
    if (second === "method") {
      const card = cards.find(({ id }) => id === word);
      return card && methodWords(card);
    }
    if (second === "sites") return site();
    if (second === "target") {
      const model = await known();
      return model?.kind === "picture" ? targetHover(word, model.model, asked) : undefined;
    }
    const method = methodOf(asked, entry);
    const option = second === "options" ? method?.options.find(({ name }) => name === third) : undefined;
    if (option === undefined) return undefined;
    return (siteOption(method!) === option ? await site() : undefined) ?? optionWords(option);
  }
  if (top === "claims") return claimWords(asked, line);
  return undefined;
}

function languageSiteNamed(word: string, model: LanguageOutline): string | undefined {
  const site = model.sites.find(({ name }) => name === word);
  return site && languageSiteWords(site, model);
}

/** A target of one unit is shown by the picture that drives it most. */
async function targetHover(text: string, model: NetworkCard, { facts, token }: Asked): Promise<string | undefined> {
  const words = targetWords(text, model);
  const units = (targetTerms(text) ?? []).flatMap((term) => (term.kind === "unit" ? [term] : []));
  const [unit] = units;
  const site = model.sites.find(({ name }) => name === unit?.site);
  if (unit === undefined || site === undefined || units.length > 1 || unit.index >= (site.channels ?? 0)) return words;
  return unitHover(model, site, unit.index, facts, token, words);
}

function targetWords(text: string, model: NetworkCard): string | undefined {
  const names = model.classes?.names;
  const named = (index: number): string => `class ${index}${names?.[index] ? `, ${code(names[index])}` : ""}`;
  if (/^\d+$/.test(text)) return `The logit of ${named(Number(text))}.`;
  const index = names?.findIndex((name) => name.toLowerCase() === text.toLowerCase()) ?? -1;
  if (index >= 0) return `The logit of ${named(index)}.`;
  return targetTerms(text)
    ?.map((term) => {
      if (term.kind === "logit")
        return `${term.weight === 1 ? "" : `${term.weight} × `}the logit of ${named(term.index)}`;
      if (term.kind !== "unit") return wordsOfTarget(termText(term), names);
      const site = model.sites.find(({ name }) => name === term.site);
      return site && unitWords(site, term.index, model);
    })
    .filter(Boolean)
    .join("\n\n");
}

/** What the last run found. */
function claimWords({ experiment, all }: Asked, line: number): string | undefined {
  const claim = all.claims
    .get(experiment.document.uri)
    ?.find(
      ({ range }) =>
        range.start.line <= line && line <= range.end.line && !(line === range.end.line && range.end.character === 0),
    );
  return claim && `${claim.status === "holds" ? "✓" : claim.status === "fails" ? "✕" : "△"} ${plain(claim.sentence)}`;
}
