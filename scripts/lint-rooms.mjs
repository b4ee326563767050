// Which room may import which: the architecture's arrows, checked. Every line it prints is one broken rule.
// usage: node scripts/lint-rooms.mjs [folder]   (the repository unless another folder is given)
import fs from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** A file belongs to the longest room its path starts with. Rooms read top to bottom: each imports only rooms above it. */
const ROOMS = {
  "src/tensor": [],
  // The only room that touches the disk.
  "src/files": ["src/tensor"],
  "src/protocol": ["src/data", "src/formats/table", "src/tensor"],
  "src/graph": ["src/graph/transform", "src/tensor"],
  "src/graph/transform": ["src/graph", "src/tensor"],
  "src/graph/gradient-check": ["src/graph/transform", "src/graph", "src/tensor"],
  "src/data": ["src/files", "src/formats", "src/graph", "src/tensor"],
  "src/data/colormap": ["src/tensor"],
  "src/data/image/image": ["src/tensor"],
  "src/data/image/encode-png": ["src/data/image/image"],
  "src/data/image/resize": ["src/data/image/image", "src/tensor"],
  "src/data/text/display-token": ["src/tensor"],
  "src/formats": ["src/files", "src/graph/transform", "src/graph", "src/tensor"],
  "src/formats/numpy": ["src/files", "src/formats", "src/tensor"],
  // Data only, so that the extension's manifest can be made from it.
  "src/formats/table": [],
  // What a model is: decided from its graph, its metadata and the files next to it.
  "src/contract": ["src/protocol", "src/graph/transform", "src/formats", "src/data", "src/graph", "src/tensor"],
  "src/architectures": ["src/files", "src/formats", "src/graph/transform", "src/graph", "src/tensor"],
  "src/runtime": ["src/files", "src/graph/transform", "src/graph", "src/tensor"],
  "src/methods": [
    "src/protocol",
    "src/graph/transform",
    "src/runtime",
    "src/data",
    "src/formats",
    "src/architectures",
    "src/graph",
    "src/tensor",
  ],
  // What each kind of answer is, how it is read, written and said: in the engine, the terminal and webviews alike.
  "src/answers": [
    "src/protocol",
    "src/methods",
    "src/data/colormap",
    "src/data/image/image",
    "src/data/image/encode-png",
    "src/data/text/display-token",
    "src/formats/numpy",
    "src/tensor",
  ],
  "src/experiment": [
    "src/protocol",
    "src/answers",
    "src/methods",
    "src/graph/transform",
    "src/runtime",
    "src/data",
    "src/formats",
    "src/architectures",
    "src/graph",
    "src/tensor",
  ],
  "src/engine": [
    "src/files",
    "src/protocol",
    "src/contract",
    "src/answers",
    "src/experiment",
    "src/methods",
    "src/graph/transform",
    "src/runtime",
    "src/data",
    "src/formats",
    "src/architectures",
    "src/graph",
    "src/tensor",
  ],
  "src/client": ["src/files", "src/protocol", "src/tensor"],
  // It writes tensors as .npy, which is how the engine takes them.
  "src/library": ["src/files", "src/client", "src/protocol", "src/formats/numpy", "src/tensor"],
  "src/walkthrough": ["src/protocol", "src/experiment", "src/tensor"],
  "src/walkthrough/score": ["src/protocol"],
  "src/language-server": [
    "src/files",
    "src/client",
    "src/protocol",
    "src/answers",
    "src/experiment",
    "src/methods",
    "src/tensor",
  ],
  // The terminal also writes what a panel leaves to its host: PNG and .npy files, and it names preprocessing conventions.
  "src/cli": [
    "src/files",
    "src/client",
    "src/protocol",
    "src/answers",
    "src/walkthrough",
    "src/experiment",
    "src/data",
    "src/formats/numpy",
    "src/tensor",
  ],
  "src/extension": ["src/files", "src/client", "src/protocol", "src/answers", "src/walkthrough", "src/tensor"],
  webview: [
    "src/protocol",
    "src/answers",
    "src/walkthrough/score",
    "src/data/colormap",
    "src/data/image/image",
    "src/data/image/resize",
    "src/data/text/display-token",
    "src/tensor",
  ],
  bench: "anything",
  test: "anything",
};

/** Rooms within a room, set apart only because more may import them: who may import the outer one may import these. */
const INNER = {
  "src/data": [
    "src/files",
    "src/data/colormap",
    "src/data/image/image",
    "src/data/image/encode-png",
    "src/data/image/resize",
    "src/data/text/display-token",
  ],
  "src/formats": ["src/formats/numpy", "src/formats/table"],
  "src/walkthrough": ["src/walkthrough/score"],
};

/** The order within the engine: a file imports only its own part and those above it. Subjects do not know who asks. */
const ENGINE = [
  "version",
  "paths",
  "failure",
  "file-hash",
  "runtimes",
  "pulse",
  "watchdog",
  "compute-thread",
  "mask-share",
  "kept",
  "last-dataset",
  "models",
  "activations",
  "preprocessing-choice",
  "services",
  "inputs",
  "photographs",
  "subjects",
  "ask",
  "engine",
  // Look-ups, each for itself.
  "data",
  "prompts",
  "sites",
  "trace",
  "units",
  "experiments",
  "compute",
  "main",
].map((part) => `src/engine/${part}`);

/** One level of the house: its rooms do not import each other, but their tests may, to read a real model or to run it. */
const LEVEL = ["src/graph/transform", "src/data", "src/formats", "src/architectures", "src/runtime"];

/** These also run in a browser. */
const PURE = [
  "src/tensor",
  "src/graph",
  "src/graph/transform",
  "src/graph/gradient-check",
  "src/methods",
  "src/experiment",
  "src/contract",
  "src/data/colormap",
  "src/data/image/image",
  "src/data/image/encode-png",
  "src/data/image/resize",
  "src/answers",
  "src/walkthrough/score",
  "webview",
];
const NATIVE = ["onnxruntime-node", "@tensorflow/tfjs-node", "@cwasm/jpeg-turbo", "@cwasm/webp"];
const WEBVIEW_PACKAGES = ["vscode-jsonrpc", "preact", "@preact/signals", "chart.js", "katex", "vscode-jsonrpc"];

const IMPORT =
  /^[ \t]*(?:import|export)\b(?:[^;"'`]*?\bfrom)?\s*["']([^"'\n]+)["']|\b(?:import|require)\(\s*["']([^"'\n]+)["']\s*\)/gm;
const COMMENT = /\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm;

export const importsOf = (code) =>
  [...code.replace(COMMENT, "").matchAll(IMPORT)].map(([, from, called]) => from ?? called);

const under = (file, room) => file === room || file.startsWith(`${room}/`) || file.startsWith(`${room}.`);
const roomOf = (file) =>
  Object.keys(ROOMS)
    .filter((room) => under(file, room))
    .sort((a, b) => b.length - a.length)[0];
const packageOf = (specifier) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
const isTest = (file) => /\.test\.tsx?$/.test(file) || file.includes("/fixtures/");

/** Everything reachable along the arrows, and the rooms that share the test's own folder: what a test may use. */
function within(room) {
  const top = room.split("/").slice(0, 2).join("/");
  const nested = Object.keys(ROOMS).filter((other) => under(other, top));
  const reached = new Set([room, ...nested, ...(LEVEL.some((each) => nested.includes(each)) ? LEVEL : [])]);
  for (const each of reached) for (const lower of ROOMS[each] === "anything" ? [] : ROOMS[each]) reached.add(lower);
  return [...reached];
}

/** @returns {string | undefined} why `file` may not import another file of the repository */
function forbiddenFile(file, target) {
  const [from, to] = [roomOf(file), roomOf(target)];
  if (!to) return under(target, "package.json") ? undefined : `${target} is in no room`;
  if (from === "webview" && to === "webview") {
    const [panel, other] = [file, target].map((each) => each.split("/")[1]);
    return panel === other || other === "lib"
      ? undefined
      : `a panel shares through webview/lib, not with webview/${other}`;
  }
  if (isTest(file) && to === "test") return undefined;
  const allowed = isTest(file) ? within(from) : [from, ...ROOMS[from]];
  if (allowed.some((room) => room === to || INNER[room]?.includes(to))) return undefined;
  return `${from} may import ${ROOMS[from].join(", ") || "nothing"}, but not ${to}`;
}

/** @returns {string | undefined} why a file of the engine may not import another one */
function forbiddenWithin(file, target) {
  if (!under(file, "src/engine") || !under(target, "src/engine") || isTest(file)) return undefined;
  const [from, to] = [file, target].map((each) => ENGINE.findIndex((part) => under(each, part)));
  if (from < 0) return `${file} has no place in the engine's order`;
  return to < 0 || to > from
    ? `${ENGINE[to] ?? target} comes later in the engine's order than ${ENGINE[from]}`
    : undefined;
}

/** @returns {string | undefined} why `file` may not import this package or builtin */
function forbiddenPackage(file, specifier) {
  const room = roomOf(file);
  const name = packageOf(specifier);
  if (specifier === "vscode")
    return room === "src/extension" || under(file, "test/vscode/host")
      ? undefined
      : "only src/extension imports vscode";
  if (/^(node:)?fs(\/promises)?$/.test(specifier) && room !== "src/files" && room !== "test" && !isTest(file))
    return "only src/files reads and writes the disk: bounded, regular files, whole";
  if (!PURE.includes(room) || isTest(file)) return undefined;
  if (isBuiltin(specifier)) return `${room} also runs in a browser, where there is no ${specifier}`;
  if (NATIVE.includes(name)) return `${room} also runs in a browser, which cannot load ${name}`;
  if (room === "webview" && !WEBVIEW_PACKAGES.includes(name))
    return `a webview imports no ${name} (allowed: ${WEBVIEW_PACKAGES.join(", ")})`;
  return undefined;
}

/** @param {string} file repository path with forward slashes @param {string} code @returns {string[]} broken rules as sentences */
export function brokenRules(file, code) {
  if (ROOMS[roomOf(file)] === "anything")
    return importsOf(code).includes("vscode") && !under(file, "test/vscode/host")
      ? [`${file}: only src/extension imports vscode.`]
      : [];
  return importsOf(code).flatMap((specifier) => {
    const target = specifier.startsWith(".") ? path.posix.join(path.posix.dirname(file), specifier) : undefined;
    const reason = target
      ? (forbiddenFile(file, target) ?? forbiddenWithin(file, target))
      : forbiddenPackage(file, specifier);
    return reason ? [`${file} imports ${specifier}: ${reason}.`] : [];
  });
}

export function sourceFiles(root) {
  return ["src", "webview", "test", "bench"]
    .filter((room) => fs.existsSync(path.join(root, room)))
    .flatMap((room) =>
      fs
        .readdirSync(path.join(root, room), { recursive: true, encoding: "utf8" })
        .map((file) => path.posix.join(room, file.split(path.sep).join("/"))),
    )
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".d.ts"))
    .sort();
}

function main(root) {
  const files = sourceFiles(root);
  const homeless = files
    .filter((file) => !roomOf(file))
    .map((file) => `${file} is in no room; scripts/lint-rooms.mjs lists them.`);
  const broken = [
    ...homeless,
    ...files.filter(roomOf).flatMap((file) => brokenRules(file, fs.readFileSync(path.join(root, file), "utf8"))),
  ];
  for (const sentence of broken) console.error(sentence);
  console.error(
    broken.length
      ? `${broken.length} imports break the architecture.`
      : `Rooms: ${files.length} files keep the architecture.`,
  );
  return broken.length ? 1 : 0;
}

const here = fileURLToPath(import.meta.url);
if (process.argv[1] === here) process.exit(main(path.resolve(process.argv[2] ?? path.join(path.dirname(here), ".."))));
