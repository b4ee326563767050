import { useState } from "preact/hooks";
import type { Question } from "../../src/protocol/walkthrough.ts";

interface Props {
  readonly question: Question;
  readonly predicted: number | undefined;
  readonly found: number | undefined;
  readonly onPredict: (value: number) => void;
}

/** A prediction, committed once: what was said before the run is what is scored. */
export function QuestionView({ question, predicted, found, onPredict }: Props) {
  const { answer, ask, id } = question;
  const [draft, setDraft] = useState(
    predicted ?? (answer.kind === "slider" ? (answer.from + answer.to) / 2 : undefined),
  );
  const committed = predicted !== undefined;
  const late = !committed && found !== undefined;
  const value = committed ? predicted : draft;
  return (
    <form
      class="question"
      onSubmit={(event) => {
        event.preventDefault();
        if (draft !== undefined && !committed && !late) onPredict(draft);
      }}
    >
      <fieldset disabled={committed || late}>
        <legend dangerouslySetInnerHTML={{ __html: ask }} />
        {answer.kind === "slider" ? (
          <div class="slider">
            <input
              type="range"
              aria-label="Your prediction"
              aria-valuetext={`${shown(value ?? 0, answer.step)} ${answer.unit}`}
              min={answer.from}
              max={answer.to}
              step={answer.step}
              value={value}
              onInput={(event) => setDraft(event.currentTarget.valueAsNumber)}
            />
            <output>
              {shown(value ?? 0, answer.step)}
              {answer.unit && ` ${answer.unit}`}
            </output>
          </div>
        ) : (
          answer.choices.map(({ say }, i) => (
            <label key={say} class="choice">
              <input type="radio" name={id} checked={value === i} onChange={() => setDraft(i)} /> <span>{say}</span>
            </label>
          ))
        )}
      </fieldset>
      {committed ? (
        <p class="kept" role="status">
          ✓ Committed: {predictionWords(question, predicted)}
        </p>
      ) : late ? (
        <p class="quiet">The answer is known already, so a prediction would not count.</p>
      ) : (
        <button type="submit" disabled={draft === undefined}>
          Commit
        </button>
      )}
    </form>
  );
}

const shown = (value: number, step: number): string => value.toFixed(step < 1 ? Math.ceil(-Math.log10(step)) : 0);

export function predictionWords({ answer }: Question, value: number): string {
  return answer.kind === "choice"
    ? (answer.choices[value]?.say ?? "")
    : `${shown(value, answer.step)}${answer.unit && ` ${answer.unit}`}`;
}
