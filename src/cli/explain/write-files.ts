import path from "node:path";
import { claimFolder } from "../../files/claim-folder.ts";
import { OutputFolder } from "../../files/output-folder.ts";
import { writeNpy } from "../../formats/numpy/npy.ts";
import { report } from "../report/report.ts";
import type { Findings } from "./finding.ts";

export interface WriteOptions {
  readonly folder: string;
  /** The folder that the person named or is in. */
  readonly within: string;
  /** Whether the maps are written as .npy as well. */
  readonly npy: boolean;
}

/** Writes pictures and report; what each file is, to its path. */
export function writeFiles(
  findings: Findings,
  { folder, within, npy }: WriteOptions,
): Readonly<Record<string, string>> {
  const output = new OutputFolder(folder, { kind: "results", within });
  const files: Record<string, string> = {};
  const write = (what: string, name: string, contents: Uint8Array | string): void => {
    files[what] = path.join(folder, name);
    output.write(name, contents);
  };
  for (const { method, result, where } of findings.maps) {
    write(method.id, `${method.id}.png`, where.png);
    if (npy) write(`${method.id}.npy`, `${method.id}.npy`, writeNpy(result.data.values));
  }
  write("report", "report.html", report(findings));
  return files;
}

/** `chelsea.png` and `net.onnx` give `glassbox-report/chelsea-net`; files of the same names elsewhere, `chelsea-net-2`. */
export function defaultFolder(input: string, model: string): string {
  const stem = (file: string): string => path.basename(file).replace(/\.[^.]+$/, "");
  return claimFolder(
    "glassbox-report",
    `${stem(input)}-${stem(model)}`,
    [path.resolve(input), path.resolve(model)],
    ".",
  );
}
