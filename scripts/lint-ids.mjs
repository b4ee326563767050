// An analysis is named in one file, its own: everything else asks what it takes, gives or belongs to. And the protocol stays small.
// usage: node scripts/lint-ids.mjs [folder]   (the repository unless another folder is given)
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { sourceFiles } from "./lint-rooms.mjs";

/** Rooms that could know analyses. Those below the methods cannot. */
const ROOMS = [
  "src/methods",
  "src/answers",
  "src/experiment",
  "src/engine",
  "src/client",
  "src/walkthrough",
  "src/language-server",
  "src/protocol",
  "src/cli",
  "src/library",
  "src/extension",
  "webview",
];

/** Words of the field that are ids too. Under these paths they name something else: a half of a block, a view, a program. */
const OTHER_MEANINGS = {
  attention: [
    "src/methods/language-model/patch-grid.ts",
    "src/methods/language-model/resume-from-residual.ts",
    "src/extension/text/text-row.ts",
    "webview/text/",
  ],
  gradient: ["src/methods/gradient-graph.ts", "src/methods/network.ts", "src/methods/probing/batched-products.ts"],
};

/** Requests and events between processes and frames; what is asked of the engine is an analysis, not another request. */
const mostMessages = 45;

const COMMENT = /\/\*[\s\S]*?\*\/|(?<![:"'`\w])\/\/.*$/gm;
/** Analyses name the terminal's command that asks them, which may be called as another analysis. */
const COMMAND = /\bcommand: \{[^}]*\}/g;
const LITERAL = /(["'`])((?:(?!\1)[^\\\n])*)\1/g;
const MESSAGE = /\bnew (?:RequestType|RequestType0|NotificationType)\b/g;

const isTest = (file) => /\.test\.tsx?$/.test(file) || file.includes("/fixtures/");

/** Keeps the lines' numbers. */
const blank = (text) => text.replace(/[^\n]/g, " ");

/** @returns {Map<string, string>} each id, to the file that defines it */
export function definedIds(files) {
  const ids = new Map();
  for (const [file, code] of files)
    if (file.startsWith("src/methods/"))
      for (const [, id] of code.matchAll(/\banalysis\(\s*"([^"]+)"/g)) ids.set(id, file);
  return ids;
}

/** @param {ReadonlyMap<string, string>} files code by path @returns {string[]} sentences */
export function strayIds(files) {
  const ids = definedIds(files);
  return [...files].flatMap(([file, code]) => {
    const lines = code.replace(COMMENT, blank).replace(COMMAND, blank).split("\n");
    return lines.flatMap((line, i) =>
      [...line.matchAll(LITERAL)].flatMap(([, , word]) => {
        const own = ids.get(word);
        if (own === undefined || own === file || OTHER_MEANINGS[word]?.some((place) => file.startsWith(place)))
          return [];
        return [`${file}:${i + 1} names the analysis ${word}, which only ${own} may.`];
      }),
    );
  });
}

/** @returns {number} requests and events that the protocol declares */
export const messageCount = (files) =>
  [...files]
    .filter(([file]) => file.startsWith("src/protocol/"))
    .reduce((total, [, code]) => total + [...code.replace(COMMENT, blank).matchAll(MESSAGE)].length, 0);

function main(root) {
  const files = new Map(
    sourceFiles(root)
      .filter((file) => ROOMS.some((room) => file.startsWith(`${room}/`)) && !isTest(file))
      .map((file) => [file, fs.readFileSync(path.join(root, file), "utf8")]),
  );
  const stray = strayIds(files);
  const messages = messageCount(files);
  for (const sentence of stray) console.error(sentence);
  if (messages > mostMessages)
    console.error(`The protocol has ${messages} requests and events; ${mostMessages} are allowed.`);
  if (stray.length === 0 && messages <= mostMessages)
    console.error(
      `Ids: ${definedIds(files).size} analyses, each named in its own file; ${messages} requests and events.`,
    );
  return stray.length || messages > mostMessages ? 1 : 0;
}

const here = fileURLToPath(import.meta.url);
if (process.argv[1] === here) process.exit(main(path.resolve(process.argv[2] ?? path.join(path.dirname(here), ".."))));
