import { checkWords } from "../check-line.ts";
import type { MapFinding } from "./finding.ts";

/** The method, its checks, and a sentence for each check that did not pass. */
export function mapLines(
  { method, result, cancelled }: Pick<MapFinding, "method" | "result" | "cancelled">,
  titleWidth: number,
): readonly string[] {
  const { certificate, data } = result;
  const checks = certificate
    .filter(({ id }) => id !== "target")
    .map(checkWords)
    .join("  ");
  const doubts = certificate
    .filter(({ status }) => status === "warn" || status === "fail")
    .map(({ sentence }) => sentence);
  const remarks = [
    ...(cancelled ? ["Stopped early: this is what was known then."] : []),
    ...(data.blank ? [data.blank] : []),
    ...doubts,
  ];
  return [
    `  ${method.title.padEnd(titleWidth)}  ${checks}`.trimEnd(),
    ...remarks.map((line) => `  ${" ".repeat(titleWidth)}  ${line}`),
  ];
}
