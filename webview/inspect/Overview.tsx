import type { ComponentProps } from "preact";
import { useState } from "preact/hooks";
import { FactList } from "../lib/FactList.tsx";
import { Fold, Section } from "../lib/Section.tsx";
import { WhatModelIs } from "../lib/WhatModelIs.tsx";
import { factsOf } from "./facts.ts";
import { isNetwork, type Inspected } from "./inspected.ts";
import { Searched } from "./Searched.tsx";

interface Props {
  readonly model: Inspected;
  readonly onCorrect: ComponentProps<typeof WhatModelIs>["onCorrect"];
}

/** What a model is: its facts, what its input and output mean and how that is known, its classes and its operators. */
export function Overview({ model, onCorrect }: Props) {
  const [search, setSearch] = useState("");
  const notes = "notes" in model ? model.notes : [];
  const network = isNetwork(model) ? model : undefined;
  const classes = network?.classes?.names?.map((label, index) => ({ index, label })) ?? [];
  return (
    <div class="overview">
      <Section title="Overview">
        <FactList facts={factsOf(model)} />
      </Section>
      {notes.length > 0 && (
        <Section title="Notes">
          {notes.map((note) => (
            <p key={note}>{note}</p>
          ))}
        </Section>
      )}
      {network && <WhatModelIs open contract={network.contract} onCorrect={onCorrect} />}
      {classes.length > 0 && (
        <Fold title="Class names" of={`${classes.length.toLocaleString("en")}`}>
          <p class="quiet">{network?.classes?.source}</p>
          <Searched
            label="Class names"
            items={classes}
            textOf={({ index, label }) => `${index} ${label}`}
            search={search}
            onSearch={setSearch}
            draw={({ index, label }) => (
              <>
                <span>{label}</span>
                <span class="quiet">class {index}</span>
              </>
            )}
          />
        </Fold>
      )}
      {network && (
        <Fold title="Operators" of={`${network.operators.length} kinds`}>
          <FactList facts={network.operators.map(([operator, uses]) => [operator, uses.toLocaleString("en")])} />
        </Fold>
      )}
    </div>
  );
}
