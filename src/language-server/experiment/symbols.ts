import { SymbolKind, type DocumentSymbol } from "vscode-languageserver";
import type { Asked } from "./features.ts";

/** The experiment as an outline: its model, inputs, analyses and claims. */
export async function symbols({ experiment, token }: Asked): Promise<readonly DocumentSymbol[]> {
  const parsed = (await experiment.reading(token))?.experiment;
  if (parsed === undefined) return [];
  const one = (
    name: string,
    detail: string,
    kind: SymbolKind,
    range: DocumentSymbol["range"],
    selectionRange = range,
  ): DocumentSymbol => ({ name: name || "(empty)", detail, kind, range, selectionRange });
  return [
    ...(parsed.model.value ? [one(parsed.model.value, "model", SymbolKind.Package, parsed.model.range)] : []),
    ...parsed.inputs.map(({ stated, kind }) =>
      one(stated.value, kind === "file" ? "input" : kind, SymbolKind.File, stated.range),
    ),
    ...parsed.analyses.map(({ id, method, range, name }) =>
      one(id, method.value === id ? "" : method.value, SymbolKind.Function, range, name),
    ),
    ...parsed.claims.map(({ reading, range }) => one(reading.value, "claim", SymbolKind.Boolean, range, reading.range)),
  ];
}
