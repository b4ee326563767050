import {
  stepKinds,
  type Block,
  type Control,
  type Excerpt,
  type Figure,
  type PaperCard,
  type Part,
  type Question,
  type Step,
  type Walkthrough,
} from "../protocol/walkthrough.ts";
import { explainTerms, type Term } from "./glossary.ts";
import { renderInline, renderMarkdown, type RenderFormula } from "./markdown.ts";
import { wrong, type Location } from "./problem.ts";
import { YamlRecord } from "./record.ts";
import { cutSheet, type Segment } from "./segments.ts";
import { messageOf } from "../tensor/errors.ts";

/** What only the build can do: render formulas to MathML, and read lines of source files. */
export interface Workshop {
  readonly formula: RenderFormula;
  /** The lines from the first that contains `from`. Throws if there is none. */
  readonly excerpt: (file: string, from: string, lines: number) => Omit<Excerpt, "says">;
  /** The terms to explain. */
  readonly glossary: readonly Term[];
}

/** For checks without the sources: formulas and excerpts stay empty. */
export const bareWorkshop: Workshop = {
  formula: (tex) => tex,
  excerpt: (file, from) => ({ file, line: 0, text: from }),
  glossary: [],
};

export const overviewName = "walkthrough.md";

/**
 * A walkthrough from the files of its folder, by name: `walkthrough.md` and steps such as `03-saturation.md`, in the
 * order of their names.
 */
export function parseWalkthrough(id: string, files: ReadonlyMap<string, string>, workshop: Workshop): Walkthrough {
  const overview = files.get(overviewName);
  if (overview === undefined)
    throw wrong(
      { file: `${id}/${overviewName}`, line: 1 },
      "the walkthrough has no overview",
      `Write ${overviewName} with id, title, minutes and paper.`,
    );
  const file = `${id}/${overviewName}`;
  const { front, segments } = cutSheet(overview, file);
  const about = new YamlRecord(front, { file, line: 2 }).only("id", "title", "minutes", "learnt", "next", "paper");
  if (about.text("id") !== id) throw wrong(about.at("id"), `the id is ${about.text("id")}, but the folder is ${id}`);
  const names = [...files.keys()].filter((name) => /^\d+-.*\.md$/.test(name)).sort();
  const walkthrough: Walkthrough = {
    id,
    title: about.text("title"),
    summary: segments.map(({ text }) => text.trim()).join(" "),
    minutes: about.number("minutes"),
    learnt: about.has("learnt") ? about.texts("learnt").map((line) => renderInline(line, workshop.formula)) : [],
    next: about.has("next") ? about.text("next") : undefined,
    paper: paperOf(about),
    steps: names.map((name) =>
      parseStep(`${id}/${name}`, name.replace(/^\d+-|\.md$/g, ""), files.get(name)!, workshop),
    ),
  };
  checkNames(walkthrough, { file, line: 1 });
  return walkthrough;
}

function paperOf(about: YamlRecord): PaperCard {
  const paper = about.value("paper");
  if (typeof paper !== "object" || paper === null)
    throw wrong(about.at("paper"), "paper must have title, authors, year, link, citationStatus and checked");
  const record = new YamlRecord(JSON.stringify(paper), about.at("paper")).only(
    "title",
    "authors",
    "year",
    "link",
    "citationStatus",
    "checked",
  );
  return {
    title: record.text("title"),
    authors: record.text("authors"),
    year: record.number("year"),
    link: record.text("link"),
    citationStatus: record.choice("citationStatus", ["verified", "unverified"]),
    checked: record.text("checked"),
  };
}

function parseStep(file: string, id: string, text: string, workshop: Workshop): Step {
  const { front, segments } = cutSheet(text, file);
  const record = new YamlRecord(front, { file, line: 2 }).only("kind", "title");
  const seen = new Set<string>();
  return {
    id,
    kind: record.choice("kind", stepKinds),
    title: record.text("title"),
    parts: segments.map((segment) => parsePart(segment, file, workshop, seen)),
  };
}

function parsePart(segment: Segment, file: string, workshop: Workshop, seen: Set<string>): Part {
  const location = { file, line: segment.line };
  if (segment.kind === "prose") {
    const html = renderMarkdown(segment.text, workshop.formula);
    return { kind: "prose", html: explainTerms(html, workshop.glossary, seen) };
  }
  switch (segment.word) {
    case "glassbox":
      return { kind: "block", block: parseBlock(segment, location) };
    case "question":
      return { kind: "question", question: parseQuestion(new YamlRecord(segment.text, location), workshop.formula) };
    case "answer":
      return { kind: "answer", question: segment.text.trim() };
    case "figure":
      return { kind: "figure", figure: parseFigure(new YamlRecord(segment.text, location)) };
    default:
      return { kind: "code", code: parseCode(new YamlRecord(segment.text, location), workshop) };
  }
}

/**
 * ```` ```glassbox <id> [yours] ```` and the experiment; lines of `# control: analysis.option | label | a, b, c` name
 * what a reader can change.
 */
function parseBlock({ info, text, line }: Extract<Segment, { kind: "fence" }>, location: Location): Block {
  const [id, ...words] = info.split(/\s+/);
  if (!id || !/^[\w-]+$/.test(id))
    throw wrong(
      { ...location, line: line - 1 },
      "a block that runs needs a name",
      "Write for example ```glassbox fifty-steps",
    );
  const stray = words.find((each) => each !== "yours");
  if (stray !== undefined)
    throw wrong({ ...location, line: line - 1 }, `there is no word ${stray} here`, "What may follow the name: yours.");
  const record = new YamlRecord(text, location);
  return {
    id,
    title: record.has("title") ? record.text("title") : id,
    text,
    file: location.file,
    line: location.line,
    controls: [...text.matchAll(/^# control: (.*)$/gm)].map(([, words]) => parseControl(words!, location)),
    yours: words.includes("yours"),
  };
}

function parseControl(words: string, location: Location): Control {
  const [option, label, choices] = words.split("|").map((word) => word.trim());
  if (!option || !label || !choices)
    throw wrong(
      location,
      "a control needs an option, a label and choices",
      "Write # control: ig.baseline | Baseline | zero, black, white",
    );
  return { option, label, choices: choices.split(",").map((word) => literal(word.trim())) };
}

const literal = (word: string): string | number | boolean =>
  word === "true" || word === "false"
    ? word === "true"
    : word !== "" && Number.isFinite(Number(word))
      ? Number(word)
      : word;

function parseQuestion(record: YamlRecord, formula: RenderFormula): Question {
  record.only("id", "ask", "truth", "scale", "slider", "choices", "why");
  const said = {
    id: record.text("id"),
    ask: renderInline(record.text("ask"), formula),
    truth: record.text("truth"),
    scale: record.number("scale", 1),
    why: renderInline(record.text("why"), formula),
  };
  if (record.has("slider") === record.has("choices"))
    throw wrong(record.location, "a question has either a slider or choices");
  if (record.has("slider")) {
    const slider = new YamlRecord(JSON.stringify(record.value("slider")), record.at("slider")).only(
      "from",
      "to",
      "step",
      "unit",
      "near",
    );
    return {
      ...said,
      answer: {
        kind: "slider",
        from: slider.number("from"),
        to: slider.number("to"),
        step: slider.number("step"),
        unit: slider.text("unit", ""),
        near: slider.number("near"),
      },
    };
  }
  const choices = record.records("choices").map(({ say, from, to }) => {
    if (typeof say !== "string") throw wrong(record.at("choices"), "every choice needs `say`");
    return {
      say,
      from: typeof from === "number" ? from : -Number.MAX_VALUE,
      to: typeof to === "number" ? to : Number.MAX_VALUE,
    };
  });
  return { ...said, answer: { kind: "choice", choices } };
}

function parseFigure(record: YamlRecord): Figure {
  const kind = record.choice("kind", ["bars", "lines", "maps"]);
  const title = record.text("title");
  const word = (entry: Readonly<Record<string, unknown>>, name: string): string => {
    if (typeof entry[name] !== "string") throw wrong(record.location, `every entry of the figure needs \`${name}\``);
    return entry[name];
  };
  if (kind === "maps")
    return {
      kind,
      title,
      maps: record
        .only("kind", "title", "maps")
        .records("maps")
        .map((entry) => ({ label: word(entry, "label"), result: word(entry, "result") })),
    };
  const axis = { unit: record.text("unit", ""), scale: record.number("scale", 1) };
  if (kind === "bars")
    return {
      kind,
      title,
      ...axis,
      bars: record
        .only("kind", "title", "unit", "scale", "bars")
        .records("bars")
        .map((entry) => ({ label: word(entry, "label"), reading: word(entry, "reading") })),
    };
  const labels = record.only("kind", "title", "unit", "scale", "labels", "lines").list("labels").map(String);
  const lines = record
    .records("lines")
    .map((entry) => ({
      label: word(entry, "label"),
      readings: Array.isArray(entry.readings) ? entry.readings.map(String) : [],
    }));
  const short = lines.find(({ readings }) => readings.length !== labels.length);
  if (short)
    throw wrong(
      record.at("lines"),
      `the line ${short.label} has ${short.readings.length} readings, but there are ${labels.length} labels`,
    );
  return { kind, title, ...axis, labels, lines };
}

function parseCode(record: YamlRecord, { excerpt }: Workshop): Excerpt {
  record.only("file", "from", "lines", "says");
  try {
    return {
      ...excerpt(record.text("file"), record.text("from"), record.number("lines", 1)),
      says: record.text("says"),
    };
  } catch (error) {
    throw wrong(record.at("from"), messageOf(error));
  }
}

/** Checks that names are unique, and that every reading refers to an existing block. */
function checkNames({ steps }: Walkthrough, location: Location): void {
  const parts = steps.flatMap((step) => step.parts);
  const blocks = parts.flatMap((part) => (part.kind === "block" ? [part.block] : []));
  const questions = parts.flatMap((part) => (part.kind === "question" ? [part.question] : []));
  for (const names of [steps.map(({ id }) => id), blocks.map(({ id }) => id), questions.map(({ id }) => id)]) {
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw wrong(location, `there are two parts named ${twice}`);
  }
  for (const reading of parts.flatMap(readingsOf)) {
    const { block } = splitReading(reading);
    if (!blocks.some(({ id }) => id === block))
      throw wrong(
        location,
        `the reading ${reading} speaks of no block of this walkthrough`,
        `Its blocks are: ${blocks.map(({ id }) => id).join(", ")}.`,
      );
  }
  const lost = parts.find((part) => part.kind === "answer" && !questions.some(({ id }) => id === part.question));
  if (lost?.kind === "answer") throw wrong(location, `there is no question ${lost.question} to answer`);
}

/** Splits `block/analysis.…` into its two parts. */
export function splitReading(reading: string): { readonly block: string; readonly path: string } {
  const at = reading.indexOf("/");
  return { block: reading.slice(0, Math.max(0, at)), path: reading.slice(at + 1) };
}

function readingsOf(part: Part): readonly string[] {
  if (part.kind === "question") return [part.question.truth];
  if (part.kind !== "figure") return [];
  if (part.figure.kind === "bars") return part.figure.bars.map(({ reading }) => reading);
  if (part.figure.kind === "lines") return part.figure.lines.flatMap(({ readings }) => readings);
  return part.figure.maps.map(({ result }) => result);
}

/** All readings of one block that a walkthrough uses. */
export const readingsWanted = ({ steps }: Walkthrough, block: string): readonly string[] => [
  ...new Set(
    steps
      .flatMap(({ parts }) => parts)
      .filter((part) => part.kind !== "figure" || part.figure.kind !== "maps")
      .flatMap(readingsOf)
      .map(splitReading)
      .filter((each) => each.block === block)
      .map(({ path }) => path),
  ),
];
