import { useId, useState } from "preact/hooks";
import type { EditSpec, LanguageCard, Prompt } from "../../src/protocol/language-model.ts";
import { DraftInput } from "../lib/DraftInput.tsx";
import { Fold } from "../lib/Section.tsx";
import { MeansField } from "./MeansField.tsx";
import type { TextState } from "./state.ts";
import { displayToken } from "../../src/data/text/display-token.ts";

interface Props {
  readonly card: LanguageCard;
  readonly state: TextState;
  readonly onMeans: (means: string) => void;
  readonly edits: readonly EditSpec[];
  readonly onEdits: (edits: readonly EditSpec[]) => void;
}

/** A form that steers every run from now on. What is ablated is chosen where it is seen. */
export function Edits({ card, state, onMeans, edits, onEdits }: Props) {
  const [toward, setToward] = useState(" happy");
  const [from, setFrom] = useState(" sad");
  const [layer, setLayer] = useState(Math.floor(card.layers / 2));
  const [strength, setStrength] = useState(4);
  const id = useId();
  return (
    <Fold title="Interventions" of={edits.length ? `${edits.length} active` : undefined}>
      <form
        class="steer"
        onSubmit={(event) => {
          event.preventDefault();
          onEdits([
            ...edits,
            {
              kind: "steer",
              site: `blocks.${layer}.hook_resid_pre`,
              toward: { text: toward },
              from: { text: from },
              strength,
            },
          ]);
        }}
      >
        <p class="quiet" id={id}>
          Steering adds strength × (state of the first text − state of the second) to the residual stream, everywhere.
        </p>
        <label>
          Toward <input value={toward} required onInput={(event) => setToward(event.currentTarget.value)} />
        </label>
        <label>
          Away from <input value={from} required onInput={(event) => setFrom(event.currentTarget.value)} />
        </label>
        <label>
          Before layer{" "}
          <DraftInput
            type="number"
            min={0}
            max={card.layers - 1}
            value={String(layer)}
            onCommit={(text) => (text === "" ? false : setLayer(Number(text)))}
          />
        </label>
        <label>
          Strength{" "}
          <DraftInput
            type="number"
            step={0.5}
            value={String(strength)}
            onCommit={(text) => (text === "" ? false : setStrength(Number(text)))}
          />
        </label>
        <button type="submit">Steer</button>
      </form>
      <MeansField state={state} onMeans={onMeans} otherwise="the prompt" />
      <p class="quiet">
        The view Attention ablates a head or sets it to its mean; the view Patching does the same with a cell.
      </p>
    </Fold>
  );
}

/** The active interventions, each with a button that removes it. */
export function EditList({ edits, onEdits }: Pick<Props, "edits" | "onEdits">) {
  if (edits.length === 0) return null;
  return (
    <ul class="edits" aria-label="Interventions">
      {edits.map((edit, i) => (
        <li key={i}>
          {describeEdit(edit)}{" "}
          <button
            class="link"
            aria-label={`Remove the intervention: ${describeEdit(edit)}`}
            onClick={() => onEdits(edits.filter((_, k) => k !== i))}
          >
            Remove
          </button>
        </li>
      ))}
    </ul>
  );
}

export function describeEdit(edit: EditSpec): string {
  const where = edit.tokens ? ` at position ${edit.tokens.join(", ")}` : "";
  if (edit.kind === "steer")
    return `${edit.site}: ${edit.strength} × (${textOf(edit.toward)} − ${textOf(edit.from)})${where}`;
  const what = edit.head === undefined ? edit.site : `head ${/\d+/.exec(edit.site)?.[0]}.${edit.head}`;
  if (edit.kind === "mean")
    return `${what} set to its mean over ${edit.over.length === 1 ? "one prompt" : `${edit.over.length} prompts`}${where}`;
  return `${what} ${edit.factor === 0 ? "ablated" : `× ${edit.factor}`}${where}`;
}

const textOf = (prompt: Prompt): string => ("text" in prompt ? displayToken(prompt.text) : `${prompt.ids.length} ids`);
