import type { ComponentChildren } from "preact";
import type { Result } from "../../src/protocol/result.ts";
import type { ClassSlope, UnitExample, UnitFacts } from "../../src/protocol/visualization.ts";
import { Certificate } from "../lib/Certificate.tsx";
import { Section } from "../lib/Section.tsx";
import { figure, evaluatedPictures, percent } from "./words.ts";

interface Props {
  readonly unit: string;
  readonly result: Pick<Result, "certificate" | "provenance"> | undefined;
  readonly facts: UnitFacts | undefined;
  readonly example: UnitExample | undefined;
  readonly exampleName: string | undefined;
}

/** What is known of the unit, in one column. */
export function Facts({ unit, result, facts, example, exampleName }: Props) {
  return (
    <div class="facts-column">
      <Certificate title={unit} result={result} open={false} awaited="the finished picture" />
      <Section title="Activations" of={facts && evaluatedPictures(facts)}>
        {facts ? <Histogram {...facts.histogram} /> : <Waiting />}
      </Section>
      <Section title="Classes it pushes" of="by the slope">
        {facts ? (
          facts.classes ? (
            <Classes {...facts.classes} />
          ) : (
            <p class="quiet">The model is no classifier.</p>
          )
        ) : (
          <Waiting />
        )}
      </Section>
      <Section title="Without it" of={exampleName}>
        {example ? <Ablation ablation={example.ablation} /> : <Waiting />}
      </Section>
    </div>
  );
}

const Waiting = () => <p class="quiet">After the picture…</p>;

function Histogram({ low, high, counts, mean, aboveZero }: UnitFacts["histogram"]) {
  const most = Math.max(1, ...counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  // Roots, so that the rare strong activations, which are what the unit is about, can be seen beside the many weak ones.
  const height = (count: number): number => (count === 0 ? 0 : Math.max(2, 48 * Math.sqrt(count / most)));
  const zero = low < 0 && high > 0 ? (200 * -low) / (high - low) : undefined;
  return (
    <>
      <svg
        class="histogram"
        viewBox="0 0 200 50"
        preserveAspectRatio="none"
        role="img"
        aria-label={`Activations from ${figure(low)} to ${figure(high)}, mean ${figure(mean)}, ${percent(aboveZero)} above 0`}
      >
        {counts.map((count, i) => (
          <rect
            key={i}
            x={(200 * i) / counts.length}
            width={200 / counts.length - 0.5}
            y={50 - height(count)}
            height={height(count)}
          />
        ))}
        {zero !== undefined && <line x1={zero} x2={zero} y1={0} y2={50} />}
      </svg>
      <p class="ends quiet">
        <span>{figure(low)}</span>
        <span title="Heights are square roots of counts">√ count</span>
        <span>{figure(high)}</span>
      </p>
      <p>
        Mean {figure(mean)}; {percent(aboveZero)} of {total.toLocaleString("en")} positions are above 0.
      </p>
    </>
  );
}

function Classes({ raised, lowered }: NonNullable<UnitFacts["classes"]>) {
  const most = Math.max(...[...raised, ...lowered].map(({ slope }) => Math.abs(slope)), 1e-12);
  const row = ({ index, name, slope }: ClassSlope): ComponentChildren => (
    <tr key={index}>
      <th scope="row" title={name}>
        {name}
      </th>
      <td class="bar">
        <span class={slope < 0 ? "against" : "for"} style={{ width: `${(100 * Math.abs(slope)) / most}%` }} />
      </td>
      <td>
        {slope > 0 ? "+" : ""}
        {figure(slope)}
      </td>
    </tr>
  );
  return (
    <table class="slopes">
      <caption>
        How much each logit would rise if the channel rose by 1 everywhere: the mean slope over the real pictures.
      </caption>
      <tbody>
        {raised.map(row)}
        {[...lowered].reverse().map(row)}
      </tbody>
    </table>
  );
}

function Ablation({ ablation }: { readonly ablation: UnitExample["ablation"] }) {
  if (!ablation) return <p class="quiet">The model is no classifier.</p>;
  const after = new Map(ablation.after.map((ranked) => [ranked.index, ranked]));
  const [was, is] = [ablation.before[0]!, ablation.after[0]!];
  return (
    <>
      <p>
        {was.index === is.index
          ? `With the channel set to 0 everywhere it is still ${is.name}: ${percent(was.probability)} becomes ${percent(is.probability)}.`
          : `With the channel set to 0 everywhere ${was.name} becomes ${is.name}.`}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">class</th>
            <th scope="col">as it is</th>
            <th scope="col">without</th>
          </tr>
        </thead>
        <tbody>
          {ablation.before.map(({ index, name, probability }) => (
            <tr key={index}>
              <th scope="row" title={name}>
                {name}
              </th>
              <td>{percent(probability)}</td>
              <td>{after.has(index) ? percent(after.get(index)!.probability) : "below"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
