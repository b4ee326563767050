import type { ClaimOutcome } from "../../protocol/experiment.ts";
import { html, verbatim, type Html } from "../report/html.ts";
import { style } from "../report/style.ts";
import { readInput, type KeptPlan } from "./plan-file.ts";
import { answerKinds } from "../../answers/table.ts";
import { presenterOf } from "../present/table.ts";
import type { Store } from "./store.ts";
import { readTask } from "./task-file.ts";

/** Beyond this many inputs a page of pictures is too heavy to open; results.csv has them all. */
const maxShown = 24;

/** One HTML file that needs nothing else. Equal tasks give equal bytes: no dates, no order but the plan's. */
export function experimentReport(store: Store, plan: KeptPlan, claims: readonly ClaimOutcome[]): string {
  const inputs = [...new Set(plan.tasks.map(({ input }) => input))];
  const shown = inputs.slice(0, maxShown);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${plan.title}</title>
<style>${verbatim(style)}${verbatim(own)}</style>
</head>
<body>
<header>
<p>${inputs.length} ${inputs.length === 1 ? "input" : "inputs"} through <b>${plan.model.name}</b>, ${plan.tasks.length} tasks</p>
<h1>${plan.title}</h1>
</header>
<main>
${claims.length ? claimTable(claims) : undefined}
${shown.map((input) => inputSection(store, plan, input))}
${inputs.length > shown.length ? html`<p>${inputs.length - shown.length} more inputs are in results.csv and in the folder tasks.</p>` : undefined}
<section><h2>The experiment</h2><pre><code>${plan.text}</code></pre>
<p>Model: ${plan.model.name}, SHA-256 ${plan.model.sha256}</p></section>
</main>
<footer>Made by Glassbox. A claim is checked by its numbers; it does not say that the network is right.</footer>
</body>
</html>
`.markup;
}

const own = `
.claims td, .claims th { padding: 5px 20px 5px 0; border-bottom: 1px solid var(--line); }
.claims thead th { color: var(--quiet); font-size: 12px; }
main > section { margin-bottom: 36px; padding-top: 20px; border-top: 1px solid var(--line); }
main > section > h2 { font-size: 17px; color: var(--text); overflow-wrap: anywhere; }
`;

const states = { holds: ["pass", "✓ holds"], fails: ["fail", "✕ fails"], unknown: ["warn", "△ not known"] } as const;

const claimTable = (
  claims: readonly ClaimOutcome[],
): Html => html`<section><h2>Claims</h2><div class="wide"><table class="claims">
<thead><tr><th scope="col">Claim</th><th scope="col">Expected</th><th scope="col">Found</th><th scope="col">State</th></tr></thead>
<tbody>${claims.map(({ what, expected, found, status }) => html`<tr><th scope="row">${what}</th><td>${expected}</td><td>${found}</td><td class="${states[status][0]}">${states[status][1]}</td></tr>`)}</tbody>
</table></div></section>`;

function inputSection(store: Store, plan: KeptPlan, input: string): Html {
  const tasks = plan.tasks.filter((task) => task.input === input).map((task) => readTask(store, task));
  const prepared = readInput(store, plan, input) ?? { view: undefined };
  const found = tasks.flatMap(({ task, result }) => {
    const method = plan.methods.find(({ id }) => id === task.method);
    return result && method ? [{ task, method, model: plan.model, input: prepared, result }] : [];
  });
  const failed = tasks.filter(({ failure }) => failure !== undefined);
  return html`<section><h2>${input}</h2>
${answerKinds.flatMap((kind) => presenterOf(kind).section(found.filter(({ result }) => result.data.kind === kind) as never))}
${failed.map(({ task, failure }) => html`<p class="warn">△ ${task.analysis}: ${failure!.what}</p>`)}
</section>`;
}
