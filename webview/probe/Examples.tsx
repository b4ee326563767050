import { useEffect, useRef, useState } from "preact/hooks";
import type { MessageConnection } from "vscode-jsonrpc/browser";
import { readPicture, type DataPicture, type ProbeExample } from "../../src/protocol/probing.ts";

interface Props {
  readonly connection: MessageConnection;
  readonly examples: readonly ProbeExample[];
  readonly classes: readonly string[];
  readonly model: string;
  readonly data: string;
}

/** Samples with what they are, what the probe says, and how sure it is of the truth. */
export function Examples({ connection, examples, classes, model, data }: Props) {
  return (
    <ul class="examples">
      {examples.slice(0, 6).map((example) => {
        const { row, name, truth, predicted, probability } = example;
        const verdict = truth === predicted ? classes[truth] : `${classes[truth]} → ${classes[predicted]}`;
        return (
          <li
            key={row}
            title={`${name}: ${classes[truth]}, said to be ${classes[predicted]}; probability of the truth ${probability.toFixed(3)}`}
          >
            <Thumbnail
              connection={connection}
              model={model}
              data={data}
              row={row}
              label={`${name}, ${classes[truth]}, said to be ${classes[predicted]}`}
            />
            <span class="name">{verdict}</span>
            <span class="quiet">{probability.toFixed(2)}</span>
          </li>
        );
      })}
    </ul>
  );
}

const side = 72;

function Thumbnail({
  connection,
  model,
  data,
  row,
  label,
}: {
  readonly connection: MessageConnection;
  readonly model: string;
  readonly data: string;
  readonly row: number;
  readonly label: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [picture, setPicture] = useState<DataPicture | null>();
  useEffect(() => {
    let current = true;
    connection.sendRequest(readPicture, { model, data, row, side: 2 * side }).then(
      (found) => current && setPicture(found),
      () => current && setPicture(null),
    );
    return () => void (current = false);
  }, [model, data, row]);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !picture) return;
    const rgba = new Uint8ClampedArray(picture.width * picture.height * 4);
    for (let from = 0, to = 0; to < rgba.length; from += 3, to += 4) {
      rgba.set(picture.rgb.subarray(from, from + 3), to);
      rgba[to + 3] = 255;
    }
    context.putImageData(new ImageData(rgba, picture.width, picture.height), 0, 0);
  }, [picture]);
  if (picture === null) return <span class="thumbnail none">no picture</span>;
  return (
    <canvas
      ref={canvas}
      class="thumbnail"
      width={picture?.width ?? side}
      height={picture?.height ?? side}
      role="img"
      aria-label={label}
    />
  );
}
