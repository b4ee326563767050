import { targetWords, type Findings } from "../explain/finding.ts";
import { targetNature } from "../../answers/target-words.ts";
import { predictionRows } from "../../answers/prediction-rows.ts";
import { beliefTable, certificateTable, classTable, inputTable } from "./facts.ts";
import { html, verbatim, type Html } from "./html.ts";
import { mapGallery, otherViews, photographFigure } from "./maps.ts";
import { provenanceSection } from "./provenance.ts";
import { style } from "./style.ts";

/** One HTML file that needs nothing else: no script, no network. Equal findings give equal bytes. */
export function report(findings: Findings): string {
  const { model, input, maps, failed, photograph, warnings, prediction } = findings;
  const [best] = predictionRows(prediction.data);
  const title = best ? `${best.name}: ${input.name} through ${model.name}` : `${input.name} through ${model.name}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${verbatim(style)}</style>
</head>
<body>
<header>
<p><b>${input.name}</b> through <b>${model.name}</b></p>
${best ? html`<h1>${best.name} <span>${best.figure}</span></h1>` : undefined}
${explains(findings)}
</header>
${warnings.map((warning) => html`<p class="warning"><b>△ Check this first:</b> ${warning}</p>`)}
<main>
<div class="page">
${maps.length ? mapGallery(maps, model) : html`<div class="maps alone">${photographFigure(photograph, input.name)}</div>`}
<aside>
<section>${classTable(findings.prediction)}</section>
${maps.length ? html`<section>${beliefTable(maps)}</section>` : undefined}
${failed.length ? html`<section><h2>Not drawn</h2>${failed.map(({ method, reason }) => html`<p><b>${method.title}:</b> ${reason}</p>`)}</section>` : undefined}
<section>${inputTable(findings)}</section>
${notes(findings)}
</aside>
</div>
${maps.length ? html`<div class="below">${otherViews(maps, photograph, input.name)}${certificateTable(maps)}${provenanceSection(findings)}</div>` : undefined}
</main>
<footer>Made by Glassbox.${maps.length ? " A map says which pixels a number of the network rests on, by the rule of its method; it does not say that the network is right." : ""}</footer>
</body>
</html>
`.markup;
}

/** What the maps are of: not always the class in the heading. */
function explains({ maps, model }: Findings): Html | undefined {
  const target = maps[0]?.result.provenance.target;
  if (target === undefined) return undefined;
  const of = html`<b>${targetWords(target, model)}</b>`;
  switch (targetNature(target)) {
    case "logit":
      return html`<p>The maps explain the logit of ${of}: a number before softmax or sigmoid, not a probability.</p>`;
    case "probability":
      return html`<p>The maps explain the ${of}.</p>`;
    case "number":
      return html`<p>The maps explain ${of}.</p>`;
  }
}

function notes({ model, input }: Findings): Html | undefined {
  const all = [...model.notes, ...(input.preprocessing ? input.notes : [])];
  return all.length ? html`<section><h2>Notes</h2>${all.map((note) => html`<p>${note}</p>`)}</section>` : undefined;
}
