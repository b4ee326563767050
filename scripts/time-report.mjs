// Where a test run's time went: by room, and its slowest tests.
import path from "node:path";
import { root } from "./bundles.mjs";

const SLOWEST = 20;

/** The source of a bundled test: dist-test/unit/src/graph/a.test.mjs comes from src/graph/a.test.ts. */
function sourceOf(file) {
  const [folder, bundle, ...rest] = path.relative(root, file).split(path.sep);
  const source =
    folder !== "dist-test"
      ? [folder, bundle, ...rest]
      : ["page", "vscode"].includes(bundle)
        ? ["test", bundle, ...rest]
        : rest;
  return source.join("/").replace(/\.mjs$/, ".ts");
}

/** src/graph/ops/softmax.test.ts is in the room src/graph. */
const roomOf = (file) => path.posix.dirname(file).split("/").slice(0, 2).join("/");

const line = (milliseconds, what) => `${(milliseconds / 1000).toFixed(1).padStart(8)} s  ${what}`;
const byTime = (a, b) => b.milliseconds - a.milliseconds;

/** @param {Pick<import("./tally.mjs").Tally, "files" | "tests">} times @returns {string} */
export function timeReport({ files, tests }) {
  const rooms = new Map();
  for (const { file, milliseconds } of files) {
    const room = roomOf(sourceOf(file));
    rooms.set(room, (rooms.get(room) ?? 0) + milliseconds);
  }
  const perRoom = [...rooms].map(([room, milliseconds]) => ({ room, milliseconds })).sort(byTime);
  const slowest = tests
    .filter(({ milliseconds }) => milliseconds >= 50)
    .sort(byTime)
    .slice(0, SLOWEST);
  return [
    "By room, each file's process from start to end (several run side by side):",
    ...perRoom.map(({ room, milliseconds }) => line(milliseconds, room)),
    `The slowest of ${tests.length} tests:`,
    ...slowest.map(({ file, name, milliseconds }) => line(milliseconds, `${sourceOf(file)}: ${name}`)),
  ].join("\n");
}
