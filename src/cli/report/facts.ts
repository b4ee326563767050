import type { Check, Prediction, Result } from "../../protocol/result.ts";
import { checkWords, signOf, worst } from "../check-line.ts";
import type { Findings, MapFinding } from "../explain/finding.ts";
import { preprocessingFacts } from "../explain/preprocessing-words.ts";
import { predictionRows, predictionTitle } from "../../answers/prediction-rows.ts";
import { html, type Html } from "./html.ts";

/** What the model says; the bar repeats what the figure says. */
export const classTable = ({ data }: Result<Prediction>): Html => html`<table class="classes">
<caption>${predictionTitle(data)}</caption>
${predictionRows(data).map(({ name, share, figure }) => html`<tr><th scope="row">${name}</th><td class="share" aria-hidden="true">${share === undefined ? undefined : html`<i style="width:${(100 * share).toFixed(1)}%"></i>`}</td><td>${figure}</td></tr>`)}
</table>`;

export function inputTable({ input }: Pick<Findings, "input">): Html {
  const facts = input.preprocessing
    ? preprocessingFacts(input.preprocessing)
    : input.notes.map((note) => ["input", note] as const);
  return factTable("As fed to the model", facts);
}

export const factTable = (caption: string, facts: readonly (readonly [name: string, value: string])[]): Html =>
  html`<table class="facts"><caption>${caption}</caption>${facts.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</table>`;

/** One line per method: the worst of its checks. */
export const beliefTable = (maps: readonly MapFinding[]): Html => html`<table class="beliefs">
<caption>Can I believe it?</caption>
${maps.map(({ method, result: { certificate } }) => {
  const status = worst(certificate);
  const named = certificate.filter((check) => check.status === status && check.id !== "target");
  const words = named.length
    ? named.map((check) => unbroken(checkWords(check))).join("; ")
    : `${signOf("info")} nothing to check`;
  return html`<tr><th scope="row">${method.title}</th><td class="${status}">${words}</td></tr>`;
})}
</table>`;

/** A number stays on the line of its unit. */
const unbroken = (words: string): string => words.replaceAll(" %", "\u00a0%").replaceAll(" = ", "\u00a0=\u00a0");

interface Certified {
  readonly method: { readonly title: string };
  readonly result: { readonly certificate: readonly Check[] };
}

/** Every check of every method, with what it means. */
export const certificateTable = (
  found: readonly Certified[],
): Html => html`<section><h2>The certificate</h2><table class="checks">
<thead><tr><th scope="col">Method</th><th scope="col">Check</th><th scope="col">What it means</th></tr></thead>
<tbody>${found.flatMap(({ method, result }) => result.certificate.map((check) => html`<tr><th scope="row">${method.title}</th><td class="check ${check.status}">${checkWords(check)}</td><td>${check.sentence}</td></tr>`))}</tbody>
</table></section>`;
