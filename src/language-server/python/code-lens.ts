import type { CodeLens, Command } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { mayNameModel, modelKind, type ModelKind } from "../model-kind.ts";
import { mentionsIn } from "./mentions.ts";
import { resolveModel } from "./resolve.ts";

const commands: Record<ModelKind, (name: string) => Omit<Command, "arguments">> = {
  picture: (name) => ({ title: `Explain ${name}`, command: "glassbox.explainFile" }),
  text: (name) => ({ title: `Open ${name} in the Text Workbench`, command: "glassbox.openTextFile" }),
};

/** *Explain net.onnx*, or *Open … in the Text Workbench*, above the first line that names each model file that exists. */
export function pythonLenses(document: TextDocument, folders: readonly string[]): readonly CodeLens[] {
  const text = document.getText();
  if (!mayNameModel(text)) return [];
  const seen = new Set<string>();
  return text.split("\n").flatMap((line, i) =>
    (mayNameModel(line) ? mentionsIn(line) : []).flatMap(({ kind, name }) => {
      const file = kind === "file" ? resolveModel(name, document, folders) : undefined;
      const holds = file && modelKind(file);
      if (file === undefined || !holds || seen.has(file)) return [];
      seen.add(file);
      return [
        {
          range: { start: { line: i, character: 0 }, end: { line: i, character: 0 } },
          command: { ...commands[holds](name.replace(/^.*[/\\]/, "")), arguments: [file] },
        },
      ];
    }),
  );
}
