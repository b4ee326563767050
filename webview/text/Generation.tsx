import { useState } from "preact/hooks";
import { generateText, type GenerateParams, type GeneratedPart } from "../../src/protocol/language-model.ts";
import { displayToken } from "../../src/data/text/display-token.ts";
import { NumberField } from "./NumberField.tsx";
import { percent } from "../lib/numbers.ts";
import type { Generation as Settings } from "./state.ts";
import { savedExperiment } from "./saved-experiment.ts";
import { failureOf, useJob } from "./use-answer.ts";
import { useDraft } from "./use-draft.ts";
import type { ViewProps } from "./view.ts";
import { Waiting } from "./Waiting.tsx";

/** Lets the model go on from the prompt, a token at a time; what is made names its probability. */
export function Generation({ host, card, state, change, prompt, say }: ViewProps) {
  const { generation, edits } = state;
  const [asked, setAsked] = useState<Omit<GenerateParams, "job">>();
  const stop = generation.stop
    .split("\n")
    .filter(Boolean)
    .map((text) => text.replaceAll("·", " ").replaceAll("⏎", "\n"));
  const { most, temperature, topP, seed } = generation;
  const wanted = { model: card.path, prompt, most, temperature, topP, seed, stop, edits };
  const current = asked && JSON.stringify(asked) === JSON.stringify(wanted);
  const answer = useJob(
    host,
    "Generating",
    generateText,
    current ? asked : undefined,
    [] as readonly GeneratedPart[],
    (parts, part: GeneratedPart) => [...parts, part],
  );
  const set = (part: Partial<Settings>): void => change({ generation: { ...generation, ...part } });
  const number = (
    label: string,
    key: "temperature" | "topP" | "most" | "seed",
    least: number,
    largest: number,
    step: number,
  ) => (
    <NumberField
      label={label}
      value={generation[key]}
      least={least}
      largest={largest}
      step={step}
      onChange={(value) => set({ [key]: value })}
    />
  );
  const stopDraft = useDraft(generation.stop, (text) => set({ stop: text }));
  const made = answer.value?.parts ?? [];
  const code = answer.value?.outcome?.code;
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
        {number("Tokens", "most", 1, 512, 1)}
        {number("Temperature", "temperature", 0, 5, 0.1)}
        {number("Top-p", "topP", 0.01, 1, 0.01)}
        {number("Seed", "seed", 0, 2 ** 31, 1)}
        <label title="A token that ends the text, besides the model's own end">
          Stop at <input class="short" placeholder="e.g. ." {...stopDraft} />
        </label>
        <button type="submit" disabled={answer.state === "running"}>
          Generate
        </button>
        <button
          type="button"
          disabled={code?.experiment === undefined}
          onClick={() =>
            void (
              code && savedExperiment(host, "generate", code).then(say, (error: unknown) => say(failureOf(error).what))
            )
          }
        >
          Save as experiment…
        </button>
      </form>
      <p class="quiet">
        {temperature === 0
          ? "Temperature 0: always the likeliest token."
          : `Sampled at temperature ${temperature} from the likeliest tokens that make up ${percent(topP)}.`}
        {edits.length > 0 && ` ${edits.length === 1 ? "One edit is" : `${edits.length} edits are`} active.`}
      </p>
      <p class="generated" aria-live="polite">
        {made.map(({ text, probability, top, id }, i) => (
          <span
            key={i}
            class="token"
            title={`id ${id}, ${percent(probability)}; likeliest: ${top.map((other) => `${displayToken(other.text)} ${percent(other.probability)}`).join(", ")}`}
          >
            {displayToken(text)}
          </span>
        ))}
      </p>
      {answer.state !== "done" && <Waiting answer={answer} doing="Generating" />}
    </section>
  );
}
