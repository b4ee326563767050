import { useId } from "preact/hooks";
import { contractFacts, kindNames } from "../../src/answers/contract-words.ts";
import type { Contract, OutputKindName } from "../../src/protocol/contract.ts";
import type { CorrectionParams } from "../../src/protocol/engine.ts";
import { Fold } from "./Section.tsx";

type Correction = CorrectionParams["correction"];

interface Props {
  readonly contract: Contract;
  /** Writes it next to the model, and asks again. */
  readonly onCorrect: (correction: Correction) => void;
  /** Whether it is open at first. */
  readonly open?: boolean;
}

/** What the model was taken to be: its inputs, what its output means, its names, and how each of these is known. */
export function WhatModelIs({ contract, onCorrect, open = false }: Props) {
  const facts = contractFacts(contract);
  const doubts = facts.filter(({ sure }) => !sure).length;
  return (
    <Fold title="What this model is" open={open} of={doubts > 0 ? `△ ${doubts} to confirm` : undefined}>
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
      <Correct contract={contract} onCorrect={onCorrect} />
    </Fold>
  );
}

/** What an output of the same shape may be. */
const alike: readonly (readonly OutputKindName[])[] = [
  ["classes", "independent", "number", "embedding"],
  ["binary", "number"],
  ["segmentation", "pixels"],
];

function Correct({ contract: { heads }, onCorrect }: Omit<Props, "open">) {
  const id = useId();
  const [head] = heads;
  if (head === undefined) return null;
  const { value } = head.kind;
  const single = value.is === "number" && value.numbers === 1;
  const kinds = alike.find((each) => each.includes(value.is) && (!single || each.includes("binary"))) ?? [];
  return (
    <form class="editor" onSubmit={(event) => event.preventDefault()}>
      {kinds.length > 0 && (
        <label>
          The output is
          <select
            aria-describedby={id}
            value={value.is}
            onChange={(event) => onCorrect({ kind: event.currentTarget.value as NonNullable<Correction["kind"]> })}
          >
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {kindNames[kind]}
              </option>
            ))}
          </select>
        </label>
      )}
      {heads.length > 1 && (
        <label>
          Explain the output
          <select
            aria-describedby={id}
            value={head.output}
            onChange={(event) => onCorrect({ output: event.currentTarget.value })}
          >
            {heads.map(({ output }) => (
              <option key={output}>{output}</option>
            ))}
          </select>
        </label>
      )}
      <p class="quiet" id={id}>
        A correction is written into the .glassbox.json file next to the model, which may also name classes, sizes and
        preprocessing.
      </p>
    </form>
  );
}
