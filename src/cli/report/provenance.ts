import type { Findings, MapFinding } from "../explain/finding.ts";
import { factTable } from "./facts.ts";
import { html, type Html } from "./html.ts";

/** Everything that is needed to run it again to the same numbers. */
export const provenanceSection = ({ maps, model, input }: Findings): Html => html`<section><h2>Run it again</h2>
<p>Each line gives the same numbers on the same files.</p>
${maps.map(methodProvenance)}
<div>${factTable("Of these files", [
  ["model", `${model.name}, ${model.format}, SHA-256 ${model.sha256}`],
  ["image", `${input.name}, SHA-256 ${input.sha256}`],
])}</div></section>`;

function methodProvenance({ method, result }: MapFinding): Html {
  const { provenance, code } = result;
  const options = Object.entries(provenance.options).map(
    ([name, value]) => `${name} ${value === "" ? "(chosen by the method)" : String(value)}`,
  );
  return html`<details open><summary>${method.title}</summary>
<pre><code>${code.cli}</code></pre>
${factTable(`How ${method.title} was asked`, [
  ["target", provenance.target ?? "none"],
  ["options", options.join(", ") || "none"],
  ["made by", `Glassbox ${provenance.glassbox}, ${provenance.runtime.name} ${provenance.runtime.version}`],
])}
<p>${method.summary} ${method.paper ? html`<a href="${method.paper.link}">${method.paper.authors} ${method.paper.year}, ${method.paper.title}</a>` : undefined}</p>
</details>`;
}
