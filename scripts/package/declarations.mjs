// The library's types as one file: what tsc declares, reduced to what the entry's exports need. The sources' own declarations
// import bundled packages, which whoever installs Glassbox does not have.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "../bundles.mjs";

const ENTRY = "src/library/glassbox.ts";

const COMMENT = /\/\*[\s\S]*?\*\//g;
const BEGINNING = String.raw`^(?:/\*\*(?:(?!\*/)[\s\S])*\*/\n)?(?:import|export|declare|interface|type) `;
/** A statement of tsc's output begins in the first column, under its comment. */
const STATEMENT = new RegExp(String.raw`${BEGINNING}[\s\S]*?(?=${BEGINNING}|(?![\s\S]))`, "gm");
const DECLARED = /^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|class|const|function) (\w+)/;
const LISTED = /^(?:import|export) (?:type )?\{([^}]*)\}(?: from "([^"]+)")?/;

/** Writes the declarations of the entry and of all that it imports. */
function emit(folder) {
  const project = path.join(folder, "tsconfig.json");
  const compilerOptions = {
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, types: ["node"] },
    ...{ typeRoots: [path.join(root, "node_modules", "@types")], rootDir: root, outDir: folder },
  };
  const settings = { extends: path.join(root, "tsconfig.json"), compilerOptions, files: [path.join(root, ENTRY)] };
  fs.writeFileSync(project, JSON.stringify({ ...settings, include: [] }));
  const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", project], { encoding: "utf8" });
  if (status !== 0) throw new Error(`The library's types cannot be declared.\n${stdout}`);
}

/** A module's declarations and what it lists from others, both by name. */
function readModule(file) {
  const [declared, listed] = [new Map(), new Map()];
  for (const [statement] of fs.readFileSync(file, "utf8").matchAll(STATEMENT)) {
    const bare = statement.replace(COMMENT, "").trim();
    const list = LISTED.exec(bare);
    const name = DECLARED.exec(bare)?.[1];
    if (name) declared.set(name, statement.trim().replace(/^export /m, ""));
    else if (list?.[2])
      for (const each of list[1].split(",").filter((word) => word.trim())) {
        const [from, as = from] = each
          .trim()
          .replace(/^type /, "")
          .split(" as ");
        listed.set(as, { from, file: list[2].startsWith(".") ? path.join(path.dirname(file), list[2]) : undefined });
      }
    else if (!list && bare !== "export {};")
      throw new Error(`${file} declares what is not understood here:\n${statement}`);
  }
  const exported = [
    ...fs
      .readFileSync(file, "utf8")
      .replace(COMMENT, "")
      .matchAll(/^export .*$/gm),
  ].flatMap(([line]) => LISTED.exec(line)?.[1].match(/\w+(?=,|\s*$)/g) ?? DECLARED.exec(line)?.[1] ?? []);
  return { declared, listed, exported };
}

/** @returns {string} the contents of glassbox.d.ts */
export function libraryDeclarations() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-types-"));
  const modules = new Map();
  const moduleOf = (file) => {
    if (!modules.has(file)) modules.set(file, readModule(file.replace(/\.ts$/, ".d.ts")));
    return modules.get(file);
  };
  /** By name: the declaration, and the module that it is in. */
  const needed = new Map();
  const need = (name, file) => {
    const { declared, listed } = moduleOf(file);
    const other = listed.get(name);
    if (other) {
      if (other.file === undefined || other.from !== name)
        throw new Error(`The library's types need ${other.from} as ${name}, which the package cannot declare.`);
      return need(name, other.file);
    }
    const known = needed.get(name);
    if (known && known.file !== file) throw new Error(`The library's types have two declarations of ${name}.`);
    if (known) return;
    const declaration = declared.get(name);
    needed.set(name, { file, declaration });
    for (const [word] of declaration.replace(COMMENT, "").matchAll(/(?<![\w."])[A-Za-z_]\w*(?![\w"])/g))
      if (word !== name && (declared.has(word) || listed.has(word))) need(word, file);
  };
  try {
    emit(folder);
    const entry = path.join(folder, ENTRY);
    const { exported } = moduleOf(entry);
    for (const name of exported) need(name, entry);
    const declarations = [...needed.values()].map(({ declaration }) => declaration);
    return `${declarations.join("\n")}\nexport { ${exported.join(", ")} };\n`;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
