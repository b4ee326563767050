import { useState } from "preact/hooks";
import { Failed } from "../lib/Failed.tsx";
import type { Growing } from "./session.ts";
import { PictureCanvas } from "../lib/PictureCanvas.tsx";
import { figure } from "./words.ts";

interface Props {
  readonly growing: Growing;
  readonly unit: string;
  readonly onAgain: () => void;
}

/** The picture as it grows, with its history to go back through. */
export function Growth({ growing, unit, onAgain }: Props) {
  const [back, setBack] = useState<number>();
  const frames = growing.frames[0] ?? [];
  const image = growing.units[0]?.images[0];
  const chosen = back === undefined ? undefined : frames[Math.min(back, frames.length - 1)];
  const finished = growing.state === "done" && image !== undefined;
  const last = frames.at(-1);
  const picture = chosen?.picture ?? (finished ? image.picture : last?.picture);
  const step = chosen?.step ?? last?.step;
  const score = chosen?.score ?? (finished ? image.activation : last?.score);
  if (growing.state === "failed" && growing.failure) return <Failed failure={growing.failure} onRetry={onAgain} />;
  const caption = chosen
    ? `step ${step}, activation ${figure(score)} as it was moved then`
    : finished
      ? `activation ${figure(score)}`
      : growing.state === "paused"
        ? `paused${growing.note ? ` at ${growing.note}` : ""}`
        : growing.state === "cancelled"
          ? `cancelled${growing.note ? ` at ${growing.note}` : ""}`
          : growing.note || "waiting for the engine";
  return (
    <figure class="growth" data-state={growing.state} data-step={step ?? ""}>
      <PictureCanvas picture={picture} label={`Picture grown to excite ${unit}: ${caption}`} />
      <figcaption>
        <span>{caption}</span>
        <label class="scrub">
          <span class="hidden">Step of the history</span>
          <input
            type="range"
            min={0}
            max={Math.max(1, frames.length - 1)}
            value={back ?? Math.max(1, frames.length - 1)}
            disabled={frames.length < 2}
            aria-valuetext={step === undefined ? "no history" : `step ${step}`}
            title={frames.length < 2 ? "The history is kept while the panel is open" : "Goes back through the history"}
            onInput={(event) => {
              const value = Number(event.currentTarget.value);
              setBack(value >= frames.length - 1 ? undefined : value);
            }}
          />
        </label>
      </figcaption>
    </figure>
  );
}
