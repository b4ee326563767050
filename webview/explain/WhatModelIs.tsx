import { contractFacts } from "../../src/answers/contract-words.ts";
import type { Contract } from "../../src/protocol/contract.ts";
import { Fold } from "../lib/Section.tsx";

/** What the model was taken to be: its inputs, what its output means, its names, and how each of these is known. */
export function WhatModelIs({ contract, model }: { readonly contract: Contract; readonly model: string }) {
  const facts = contractFacts(contract);
  const doubts = facts.filter(({ sure }) => !sure).length;
  return (
    <Fold title="What this model is" of={doubts > 0 ? `△ ${doubts} to confirm` : undefined}>
      <dl class="contract">
        {facts.map(({ name, value, from, evidence, sure }, i) => (
          <div key={i}>
            <dt>{name}</dt>
            <dd>
              {value}
              <p class="quiet">
                {sure ? "" : "△ not sure; "}
                {from}: {evidence}
              </p>
            </dd>
          </div>
        ))}
      </dl>
      <p class="quiet">
        Correct it in {model.replace(/\.[^.]*$/, "")}.glassbox.json next to the model: output, kind, classes, sizes,
        preprocessing.
      </p>
    </Fold>
  );
}
