import { useEffect, useRef } from "preact/hooks";
import type { RgbPicture, UnitExample } from "../../src/protocol/visualization.ts";

interface Props {
  readonly picture: RgbPicture | undefined;
  readonly label: string;
  /** Shows the picture only where the unit is active; elsewhere it is dark. */
  readonly activation?: UnitExample["activation"] | undefined;
}

/** A picture, or the place that it will take. */
export function PictureCanvas({ picture, label, activation }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !picture) return;
    const { width, height } = picture;
    context.canvas.width = width;
    context.canvas.height = height;
    context.putImageData(new ImageData(painted(picture, activation), width, height), 0, 0);
  }, [picture, activation]);
  return (
    <canvas
      ref={canvas}
      width={picture?.width ?? 128}
      height={picture?.height ?? 128}
      role="img"
      aria-label={label}
      data-empty={picture === undefined}
    />
  );
}

function painted(
  { width, height, rgb }: RgbPicture,
  activation: UnitExample["activation"] | undefined,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(width * height * 4);
  const light = activation && lightOf(activation, width, height);
  for (let i = 0; i < width * height; i++) {
    const share = light ? 0.18 + 0.82 * light[i]! : 1;
    for (let c = 0; c < 3; c++) rgba[4 * i + c] = rgb[3 * i + c]! * share;
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}

/** The activation between its cells by bilinear interpolation; 0 up to a quarter of its largest value, 1 from three quarters on. */
function lightOf({ rows, columns, values }: UnitExample["activation"], width: number, height: number): Float32Array {
  const most = values.reduce((largest, value) => Math.max(largest, value), 0) || 1;
  const at = (row: number, column: number): number =>
    values[Math.min(rows - 1, Math.max(0, row)) * columns + Math.min(columns - 1, Math.max(0, column))]! / most;
  const light = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const v = ((y + 0.5) * rows) / height - 0.5;
    const r = Math.floor(v);
    for (let x = 0; x < width; x++) {
      const u = ((x + 0.5) * columns) / width - 0.5;
      const c = Math.floor(u);
      const upper = at(r, c) * (1 - u + c) + at(r, c + 1) * (u - c);
      const lower = at(r + 1, c) * (1 - u + c) + at(r + 1, c + 1) * (u - c);
      light[y * width + x] = Math.min(1, Math.max(0, 2 * (upper * (1 - v + r) + lower * (v - r)) - 0.5));
    }
  }
  return light;
}
