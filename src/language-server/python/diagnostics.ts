import type { CancellationToken } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import type { Problem } from "../../protocol/experiment.ts";
import { nearest } from "../../tensor/nearest.ts";
import { hoverWaitMs, type EngineFacts } from "../engine-facts.ts";
import { mentionsIn } from "./mentions.ts";
import { modelsNamed, siteNamed } from "./resolve.ts";

/**
 * Sites that were meant but misspelt. Said only of code that names one model, of strings with three words or more that are
 * one or two letters from a site's: a layer's number alone may be another model's.
 */
export async function pythonProblems(
  document: TextDocument,
  folders: readonly string[],
  facts: EngineFacts,
  token: CancellationToken,
): Promise<readonly Problem[]> {
  const [file, another] = modelsNamed(document, folders);
  if (file === undefined || another !== undefined) return [];
  const known = await facts.known(file, token, hoverWaitMs);
  if (known === undefined) return [];
  const { name: model, sites } = known.model;
  const names = sites.map(({ name }) => name);
  const shapes = new Set(names.map(withoutNumbers));
  return document
    .getText()
    .split("\n")
    .flatMap((line, i) =>
      mentionsIn(line).flatMap(({ kind, name, root, start }): readonly Problem[] => {
        const written = line.slice(start, start + name.length) === name;
        if (
          kind === "file" ||
          root !== undefined ||
          !written ||
          name.split(".").length < 3 ||
          siteNamed<{ readonly name: string }>(name, sites) ||
          shapes.has(withoutNumbers(name))
        )
          return [];
        const meant = nearest(name, names);
        if (meant === undefined) return [];
        const range = { start: { line: i, character: start }, end: { line: i, character: start + name.length } };
        return [
          {
            severity: "warning",
            code: "unknown-site",
            message: `${model} has no site ${name}. Did you mean ${meant}?`,
            range,
            instead: [meant],
          },
        ];
      }),
    );
}

const withoutNumbers = (name: string): string => name.replace(/\d+/g, "#");
