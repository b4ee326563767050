import type { LanguageProof } from "../../src/protocol/language-model.ts";

/** Files that a view can give away. */
export interface Exportable {
  readonly name: string;
  /** The picture in the document. */
  readonly grid: string;
  readonly csv: () => string;
  readonly json: () => unknown;
  readonly code: LanguageProof["code"];
}

export const EXPORTS = {
  png: "Picture (PNG)",
  csv: "Values (CSV)",
  json: "Result with provenance (JSON)",
  experiment: "Save as experiment…",
  command: "Copy as command",
  code: "Copy as TransformerLens code",
} as const;
export type ExportKind = keyof typeof EXPORTS;

export async function fileOf(kind: "png" | "csv" | "json", { grid, csv, json }: Exportable): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  if (kind === "csv") return encoder.encode(csv());
  if (kind === "json") return encoder.encode(`${JSON.stringify(json(), plain, 2)}\n`);
  const canvas = document.querySelector<HTMLCanvasElement>(`[data-grid="${grid}"]`);
  const blob = await new Promise<Blob | null>((resolve) =>
    canvas ? canvas.toBlob(resolve, "image/png") : resolve(null),
  );
  return new Uint8Array((await blob?.arrayBuffer()) ?? []);
}

/** Typed arrays as lists; JSON has no word for what is no number. */
const plain = (_key: string, value: unknown): unknown => {
  if (typeof value === "number" && !Number.isFinite(value)) return null;
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? Array.from(value as Float64Array, (each) => (Number.isFinite(each) ? each : null))
    : value;
};

/** RFC 4180: quoted where a comma, a quote or a line end is inside. */
export const csvOf = (rows: readonly (readonly (string | number)[])[]): string =>
  `${rows.map((row) => row.map((cell) => (/[",\r\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell))).join(",")).join("\r\n")}\r\n`;
