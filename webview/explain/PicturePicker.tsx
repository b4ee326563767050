import { useState } from "preact/hooks";
import type { PictureChoice } from "../../src/protocol/explain-panel.ts";

interface Props {
  readonly pictures: readonly PictureChoice[];
  readonly onChoose: (picture: PictureChoice) => void;
  readonly onBrowse: () => void;
  readonly onDrop: (file: File) => void;
}

/** What an empty panel offers: the last used, the workspace's pictures, the samples, and a place to drop one. */
export function PicturePicker({ pictures, onChoose, onBrowse, onDrop }: Props) {
  const [over, setOver] = useState(false);
  return (
    <section class="picker" aria-labelledby="choose">
      <h2 id="choose">Which picture shall it explain?</h2>
      <ul class="pictures">
        {pictures.map((picture) => (
          <li key={picture.path}>
            <button onClick={() => onChoose(picture)} title={picture.path}>
              {/\.npy$/i.test(picture.path) ? <span class="tensor" aria-hidden="true">npy</span> : <img src={picture.thumbnail} alt="" />}
              <span class="name">{picture.label}</span>
              <span class="detail">{picture.detail}</span>
            </button>
          </li>
        ))}
      </ul>
      <div
        class={`drop${over ? " over" : ""}`}
        onDragOver={(event) => (event.preventDefault(), setOver(true))}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const file = event.dataTransfer?.files[0];
          if (file) onDrop(file);
        }}
      >
        Drop a picture here (hold Shift in VS Code), or <button class="link" onClick={onBrowse}>choose a file…</button>
      </div>
    </section>
  );
}
