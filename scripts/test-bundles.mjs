// How tests outside the code's folders are bundled: drivers for Node, which leave packages where they are.
import fs from "node:fs";
import path from "node:path";
import { root } from "./bundles.mjs";

export const bundledTests = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20",
  sourcemap: "inline",
  logLevel: "warning",
};

/** @param {string} folder of the repository @returns {string[]} its tests, not those of folders below */
export const testsIn = (folder) =>
  fs
    .readdirSync(path.join(root, folder))
    .filter((file) => file.endsWith(".test.ts"))
    .sort()
    .map((file) => path.join(folder, file));
