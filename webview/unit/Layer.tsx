import { Failed } from "../lib/Failed.tsx";
import { PictureCanvas } from "../lib/PictureCanvas.tsx";
import type { Growing } from "./session.ts";
import { figure } from "./words.ts";

interface Props {
  readonly site: string;
  readonly channels: readonly number[];
  readonly total: number;
  readonly growing: Growing;
  readonly onChoose: (channel: number) => void;
  readonly onPage: (first: number) => void;
  readonly onAgain: () => void;
}

/** A page of a layer's units: small pictures, one a channel; each opens its unit. */
export function Layer({ site, channels, total, growing, onChoose, onPage, onAgain }: Props) {
  const [first = 0] = channels;
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 4, ArrowUp: -4 }[event.key];
    const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll("button")];
    const next =
      step === undefined ? undefined : buttons[buttons.indexOf(document.activeElement as HTMLButtonElement) + step];
    if (next === undefined) return;
    next.focus();
    event.preventDefault();
  };
  return (
    <section class="layer" aria-labelledby="layer" data-state={growing.state}>
      <div class="title-row">
        <h2 id="layer">
          Channels {first} to {channels.at(-1)} of {total}
        </h2>
        <span class="pages">
          <button disabled={first === 0} onClick={() => onPage(Math.max(0, first - channels.length))}>
            Back
          </button>
          <button disabled={(channels.at(-1) ?? 0) + 1 >= total} onClick={() => onPage((channels.at(-1) ?? 0) + 1)}>
            Next
          </button>
        </span>
      </div>
      {growing.state === "failed" && growing.failure && <Failed failure={growing.failure} onRetry={onAgain} />}
      <ul onKeyDown={move}>
        {channels.map((channel, place) => {
          const unit = growing.units.find(
            ({ objective }) => objective === `channel(${JSON.stringify(site)}, ${channel})`,
          );
          const image = unit?.images[0];
          return (
            <li key={channel}>
              <button onClick={() => onChoose(channel)} title={`Opens channel ${channel}`}>
                <PictureCanvas
                  picture={image?.picture ?? growing.frames[place]?.at(-1)?.picture}
                  label={`Picture grown to excite channel ${channel}`}
                />
                <span>
                  {channel}
                  {image && <span class="quiet"> {figure(image.activation)}</span>}
                </span>
              </button>
            </li>
          );
        })}
      </ul>
      <p class="quiet" role="status">
        {growing.state === "running"
          ? growing.note
          : growing.state === "paused"
            ? "Paused."
            : growing.state === "cancelled"
              ? "Cancelled."
              : "Small and short: open one for the whole picture."}
      </p>
    </section>
  );
}
