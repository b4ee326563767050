import type { CodeLens } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { mentionsIn } from "./mentions.ts";
import { resolveModel } from "./resolve.ts";

/** *Explain net.onnx* above the first line that names each model file that exists. */
export function pythonLenses(document: TextDocument, folders: readonly string[]): readonly CodeLens[] {
  const text = document.getText();
  if (!/\.(onnx|gguf|safetensors)/i.test(text)) return [];
  const seen = new Set<string>();
  return text.split("\n").flatMap((line, i) =>
    (/\.(onnx|gguf|safetensors)/i.test(line) ? mentionsIn(line) : []).flatMap(({ kind, name }) => {
      const file = kind === "file" ? resolveModel(name, document, folders) : undefined;
      if (file === undefined || seen.has(file)) return [];
      seen.add(file);
      return [{ range: { start: { line: i, character: 0 }, end: { line: i, character: 0 } }, command: { title: `Explain ${name.replace(/^.*[/\\]/, "")}`, command: "glassbox.explainFile", arguments: [file] } }];
    }),
  );
}
