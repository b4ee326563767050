import { useState } from "preact/hooks";
import { displayToken } from "../../src/data/text/display-token.ts";
import type { Prompt } from "../../src/protocol/language-model.ts";
import type { OptionValues } from "../../src/protocol/result.ts";
import { exportableOf } from "../lib/export-answer.ts";
import { ExportMenu } from "../lib/ExportMenu.tsx";
import { percent } from "../lib/numbers.ts";
import { OptionForm } from "../lib/OptionForm.tsx";
import { analysisGiving, withDefaults } from "./analyses.ts";
import { usePromptAnswer } from "./use-prompt-answer.ts";
import { editsText, type ViewProps } from "./view.ts";
import { exportWords } from "./ViewBar.tsx";
import { Waiting } from "./Waiting.tsx";

interface Wanted {
  readonly prompt: Prompt;
  readonly options: OptionValues;
}

/** Continues the prompt a token at a time; each new token names its probability. */
export function Generation({ engine, state, change, prompt, say }: ViewProps) {
  const { generation, edits } = state;
  const analysis = analysisGiving(engine.analyses, "generated");
  const [asked, setAsked] = useState<Wanted>();
  const wanted = { prompt, options: { ...generation, edits: editsText(edits) } };
  const current = asked && JSON.stringify(asked) === JSON.stringify(wanted);
  const answer = usePromptAnswer(
    engine,
    "Generating",
    "generated",
    current ? { subject: { kind: "prompt", prompt }, options: wanted.options } : undefined,
  );
  if (analysis === undefined) return null;
  const settings = withDefaults(analysis, generation);
  return (
    <section class="generation" aria-labelledby="generation">
      <h2 id="generation">Let it go on</h2>
      <form
        class="settings"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(wanted);
          if (answer.state === "cancelled" || answer.state === "failed") answer.retry();
        }}
      >
        <OptionForm
          // Interventions have a list and a form of their own, and act on every view.
          options={analysis.options.filter(({ kind }) => kind !== "edits")}
          values={generation}
          sites={[]}
          onChange={(values) => change({ generation: values })}
        />
        <button type="submit" disabled={answer.state === "running"}>
          Generate
        </button>
        <ExportMenu
          connection={engine.connection}
          answer={exportableOf("generation", answer)}
          labels={exportWords}
          say={say}
        />
      </form>
      <p class="quiet">
        {settings["temperature"] === 0
          ? "Temperature 0: always the likeliest token."
          : `Sampled at temperature ${settings["temperature"]} from the likeliest tokens that make up ${percent(Number(settings["topP"]))}.`}
        {edits.length > 0 &&
          ` ${edits.length === 1 ? "One intervention is" : `${edits.length} interventions are`} active.`}
      </p>
      <p class="generated" aria-live="polite">
        {answer.parts.map(({ text, probability, top, id }, i) => (
          <span
            key={i}
            class="token"
            title={`id ${id}, ${percent(probability)}; likeliest: ${top.map((other) => `${displayToken(other.text)} ${percent(other.probability)}`).join(", ")}`}
          >
            {displayToken(text)}
          </span>
        ))}
      </p>
      {answer.result && <p class="quiet">{answer.result.data.ended.sentence}</p>}
      {answer.state !== "done" && <Waiting answer={answer} doing="Generating" />}
    </section>
  );
}
