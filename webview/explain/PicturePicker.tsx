import type { PictureChoice } from "../../src/protocol/panel.ts";

interface Props {
  /** Unset until they are found. */
  readonly pictures: readonly PictureChoice[] | undefined;
  readonly onChoose: (picture: PictureChoice) => void;
  readonly onBrowse: () => void;
  /** Unset where there is nothing to go back to. */
  readonly onClose: (() => void) | undefined;
}

/** What an empty panel offers: the last used, the workspace's pictures, the samples, and a place to drop one. */
export function PicturePicker({ pictures, onChoose, onBrowse, onClose }: Props) {
  return (
    <section class="picker" aria-labelledby="choose" onKeyDown={(event) => event.key === "Escape" && onClose?.()}>
      <div class="title-row">
        <p id="choose" class="lead">
          Choose a picture, and see what the model finds in it, and where.
        </p>
        {onClose && (
          <button class="link" onClick={onClose}>
            Back
          </button>
        )}
      </div>
      <ul class="pictures" aria-busy={pictures === undefined}>
        {(pictures ?? []).map((picture) => (
          <li key={picture.path}>
            <button onClick={() => onChoose(picture)} title={picture.path}>
              {/\.npy$/i.test(picture.path) ? (
                <span class="tensor" aria-hidden="true">
                  .npy
                </span>
              ) : (
                <img src={picture.thumbnail} alt="" onError={(event) => (event.currentTarget.hidden = true)} />
              )}
              <span class="name">{picture.label}</span>
              <span class="detail">{picture.detail}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="drop">
        Drop a picture anywhere here (hold Shift if VS Code would open it), or{" "}
        <button class="link" onClick={onBrowse}>
          choose a file…
        </button>
      </p>
    </section>
  );
}
