import type { DataCard } from "../../src/protocol/probing.ts";

interface Props {
  readonly data: DataCard | undefined;
  readonly label: string | undefined;
  readonly sites: number;
  readonly onRun: () => void;
}

/** Before the first run: what will be done with what, and the button that does it. */
export function Start({ data, label, sites, onRun }: Props) {
  if (data === undefined)
    return (
      <p class="quiet" role="status">
        Reading the data…
      </p>
    );
  const chosen = data.labels.find(({ name }) => name === label) ?? data.labels[0]!;
  return (
    <section class="start" aria-labelledby="start">
      <h2 id="start">Probe layers</h2>
      <p>{data.description}</p>
      <p>
        At {sites === 1 ? "1 site" : `${sites} sites`}, a linear classifier learns to tell{" "}
        <strong>{chosen.name}</strong> ({list(chosen.classes)}) from the activations of some samples and is scored on
        others. It is compared with the same network with random weights, with shuffled labels, with the raw input and
        with the majority class. What is linearly decodable need not be used by the model.
      </p>
      <button type="submit" onClick={onRun}>
        Probe {chosen.name}
      </button>
    </section>
  );
}

const list = (classes: readonly string[]): string =>
  classes.length <= 6 ? classes.join(", ") : `${classes.slice(0, 5).join(", ")} and ${classes.length - 5} more`;
