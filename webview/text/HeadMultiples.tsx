import { useEffect, useRef } from "preact/hooks";
import type { AttentionGlance } from "../../src/protocol/language-model.ts";
import { movedBy } from "../lib/grid-keys.ts";
import type { Cell } from "../lib/paint-grid.ts";
import { css, shade, useTheme, type Theme } from "../lib/theme.ts";
import { useWidth } from "../lib/use-width.ts";

interface Props {
  readonly label: string;
  /** The layers shown, from the top row down. */
  readonly layers: readonly number[];
  readonly heads: number;
  readonly glances: ReadonlyMap<number, AttentionGlance>;
  readonly chosen: { readonly layer: number; readonly head: number };
  /** The token under the pointer, as a share of the prompt from start to end. */
  readonly lit: { readonly position: number; readonly count: number } | undefined;
  readonly onChoose: (layer: number, head: number) => void;
}

const gap = 3;
const left = 28;
const below = 16;

/** Every head of some layers as a small picture: queries down, keys across. */
export function HeadMultiples({ label, layers, heads, glances, chosen, lit, onChoose }: Props) {
  const theme = useTheme();
  const [box, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const side = Math.max(6, Math.min(layers.length === 1 ? 120 : 64, ((width || 300) - left) / heads - gap));
  const size = { width: left + heads * (side + gap), height: layers.length * (side + gap) + below };
  useEffect(
    () => void (canvas.current && paint(canvas.current, { layers, heads, glances, chosen, lit }, side, size, theme)),
  );
  const cellOf = (event: MouseEvent): Cell | undefined => {
    const bounds = canvas.current!.getBoundingClientRect();
    const [row, column] = [
      Math.floor((event.clientY - bounds.top) / (side + gap)),
      Math.floor((event.clientX - bounds.left - left) / (side + gap)),
    ];
    return row >= 0 && row < layers.length && column >= 0 && column < heads ? { row, column } : undefined;
  };
  const choose = (cell: Cell | undefined): void => void (cell && onChoose(layers[cell.row]!, cell.column));
  return (
    <div class="multiples" ref={box}>
      <canvas
        ref={canvas}
        data-grid="heads"
        role="img"
        tabIndex={0}
        aria-label={`${label} Chosen: head ${chosen.layer}.${chosen.head}. Arrow keys choose another.`}
        style={{ width: `${size.width}px`, height: `${size.height}px` }}
        onClick={(event) => choose(cellOf(event))}
        onKeyDown={(event) => {
          const moved = movedBy(
            event.key,
            event.shiftKey,
            { row: Math.max(0, layers.indexOf(chosen.layer)), column: chosen.head },
            layers.length,
            heads,
          );
          if (!moved) return;
          choose(moved);
          event.preventDefault();
        }}
      />
    </div>
  );
}

type Shown = Pick<Props, "layers" | "heads" | "glances" | "chosen" | "lit">;

function paint(
  canvas: HTMLCanvasElement,
  { layers, heads, glances, chosen, lit }: Shown,
  side: number,
  size: { readonly width: number; readonly height: number },
  theme: Theme,
): void {
  const scale = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(size.width * scale);
  canvas.height = Math.round(size.height * scale);
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  context.imageSmoothingEnabled = false;
  context.fillStyle = css(theme.background);
  context.fillRect(0, 0, size.width, size.height);
  context.font = `11px ${theme.monospace}`;
  context.textBaseline = "middle";
  const everyRow = Math.ceil(13 / (side + gap));
  const everyHead = Math.ceil(18 / (side + gap));
  layers.forEach((layer, row) => {
    const y = row * (side + gap);
    if ((layers.length - 1 - row) % everyRow === 0) {
      context.fillStyle = css(layer === chosen.layer ? theme.foreground : theme.quiet);
      context.textAlign = "right";
      context.fillText(`${layer}`, left - 6, y + side / 2);
    }
    const glance = glances.get(layer);
    for (let head = 0; head < heads; head++) {
      const x = left + head * (side + gap);
      if (glance) context.drawImage(picture(glance, head, theme), x, y, side, side);
      const own = layer === chosen.layer && head === chosen.head;
      context.strokeStyle = css(own ? theme.focus : theme.line);
      context.lineWidth = own ? 2 : 1;
      context.strokeRect(x + 0.5, y + 0.5, side - 1, side - 1);
      if (lit && side > 16) {
        context.strokeStyle = css(theme.quiet);
        context.lineWidth = 0.5;
        context.strokeRect(x, y + (lit.position / lit.count) * side, side, side / lit.count);
      }
    }
  });
  context.fillStyle = css(theme.quiet);
  context.textAlign = "center";
  for (let head = 0; head < heads; head += everyHead)
    context.fillText(`${head}`, left + head * (side + gap) + side / 2, layers.length * (side + gap) + below / 2);
}

function picture({ side, planes, scale }: AttentionGlance, head: number, theme: Theme): OffscreenCanvas {
  const image = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    // The square root shows weak weights beside strong ones.
    const [red, green, blue] = shade(theme, Math.sqrt((planes[head * side * side + i]! / 255) * Math.min(1, scale)));
    image.data.set([red, green, blue, 255], 4 * i);
  }
  const target = new OffscreenCanvas(side, side);
  target.getContext("2d")!.putImageData(image, 0, 0);
  return target;
}
