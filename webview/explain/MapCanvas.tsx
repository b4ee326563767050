import { useEffect, useMemo, useRef } from "preact/hooks";
import { display, type Rendered } from "../../src/data/colormap/display.ts";
import type { HeatmapPlanes } from "../../src/protocol/result.ts";
import { drawnMap, type Place } from "./reading.ts";
import type { ExplainState, MapView } from "./state.ts";

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

interface Props {
  readonly label: string;
  readonly planes: HeatmapPlanes | undefined;
  readonly picture: Picture;
  readonly look: Pick<ExplainState, "style" | "colormap" | "opacity" | "coarse">;
  readonly view: MapView;
  readonly cursor: Place | undefined;
  readonly onCursor: (place: Place | undefined) => void;
  readonly onView: (view: MapView) => void;
  readonly onStyle: (index: number) => void;
  readonly onRendered?: (rendered: Rendered) => void;
}

/** A map over its photograph, with the cursor, the zoom and the pan that all maps share. */
export function MapCanvas({ label, planes, picture, look, view, cursor, onCursor, onView, onStyle, onRendered }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const rendered = useMemo(() => render(planes, picture, look), [planes, picture, look.style, look.colormap, look.opacity, look.coarse]);
  useEffect(() => onRendered?.(rendered), [rendered]);
  useEffect(() => void (canvas.current && paint(canvas.current, rendered, view, cursor)), [rendered, view, cursor]);

  const placeOf = (event: MouseEvent): Place => {
    const box = canvas.current!.getBoundingClientRect();
    const along = (at: number, start: number, size: number, offset: number, extent: number): number =>
      Math.min(extent - 1, Math.max(0, Math.floor((offset + (at - start) / size / view.zoom) * extent)));
    return { row: along(event.clientY, box.top, box.height, view.y, picture.height), column: along(event.clientX, box.left, box.width, view.x, picture.width) };
  };
  const drag = useRef<{ x: number; y: number; view: MapView } | undefined>(undefined);
  const move = (event: PointerEvent): void => {
    if (drag.current && view.zoom > 1) {
      const box = canvas.current!.getBoundingClientRect();
      const start = drag.current;
      onView(within({ zoom: view.zoom, x: start.view.x - (event.clientX - start.x) / box.width / view.zoom, y: start.view.y - (event.clientY - start.y) / box.height / view.zoom }));
    } else onCursor(placeOf(event));
  };
  const wheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey && view.zoom === 1 && event.deltaY > 0) return;
    event.preventDefault();
    onView(zoomAt(view, placeOf(event), picture, Math.exp(-event.deltaY / 400)));
  };
  return (
    <canvas
      ref={canvas}
      class="map"
      role="img"
      tabIndex={0}
      aria-label={label}
      style={{ aspectRatio: `${picture.width} / ${picture.height}` }}
      width={picture.width * 2}
      height={picture.height * 2}
      onPointerMove={move}
      onPointerDown={(event) => {
        drag.current = { x: event.clientX, y: event.clientY, view };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerUp={() => (drag.current = undefined)}
      onPointerLeave={() => onCursor(undefined)}
      onWheel={wheel}
      onKeyDown={(event) => keyboard(event, { cursor, picture, view, onCursor, onView, onStyle })}
    />
  );
}

function render(planes: HeatmapPlanes | undefined, { width, height, rgb }: Picture, { style, colormap, opacity, coarse }: Props["look"]): Rendered {
  const empty = { width: 1, height: 1, values: new Float32Array(1) };
  const map = planes && !planes.blank ? drawnMap(planes, style) : empty;
  return display(map, { width, height, data: rgb }, { style: planes && !planes.blank ? style : "photograph", colormap, opacity, coarse });
}

function paint(canvas: HTMLCanvasElement, { width, height, rgba }: Rendered, view: MapView, cursor: Place | undefined): void {
  const context = canvas.getContext("2d")!;
  const source = new OffscreenCanvas(width, height);
  source.getContext("2d")!.putImageData(new ImageData(rgba, width, height), 0, 0);
  context.imageSmoothingEnabled = view.zoom < 3;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, view.x * width, view.y * height, width / view.zoom, height / view.zoom, 0, 0, canvas.width, canvas.height);
  if (cursor === undefined) return;
  const x = ((cursor.column + 0.5) / width - view.x) * view.zoom * canvas.width;
  const y = ((cursor.row + 0.5) / height - view.y) * view.zoom * canvas.height;
  for (const [color, line] of [["#000", 5], ["#fff", 2.5]] as const) {
    context.strokeStyle = color;
    context.lineWidth = line;
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.stroke();
  }
}

/** Keeps the seen part inside the picture. */
function within({ zoom, x, y }: MapView): MapView {
  const most = 1 - 1 / zoom;
  return { zoom, x: Math.min(most, Math.max(0, x)), y: Math.min(most, Math.max(0, y)) };
}

function zoomAt(view: MapView, { row, column }: Place, { width, height }: Picture, factor: number): MapView {
  const zoom = Math.min(32, Math.max(1, view.zoom * factor));
  const keep = (offset: number, at: number): number => at - ((at - offset) * view.zoom) / zoom;
  return within({ zoom, x: keep(view.x, (column + 0.5) / width), y: keep(view.y, (row + 0.5) / height) });
}

const steps: Readonly<Record<string, readonly [row: number, column: number]>> = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** Everything the mouse does: arrows move the cursor (with Shift by 10), + − 0 zoom, 1 to 4 choose the view. */
function keyboard(event: KeyboardEvent, { cursor, picture, view, onCursor, onView, onStyle }: Pick<Props, "cursor" | "picture" | "view" | "onCursor" | "onView" | "onStyle">): void {
  const at = cursor ?? { row: Math.floor(picture.height / 2), column: Math.floor(picture.width / 2) };
  const step = steps[event.key];
  if (step) {
    const by = event.shiftKey ? 10 : 1;
    const clamp = (value: number, extent: number): number => Math.min(extent - 1, Math.max(0, value));
    onCursor({ row: clamp(at.row + by * step[0], picture.height), column: clamp(at.column + by * step[1], picture.width) });
  } else if (event.key === "+" || event.key === "=") onView(zoomAt(view, at, picture, 1.5));
  else if (event.key === "-") onView(zoomAt(view, at, picture, 1 / 1.5));
  else if (event.key === "0") onView({ zoom: 1, x: 0, y: 0 });
  else if (/^[1-4]$/.test(event.key)) onStyle(Number(event.key) - 1);
  else if (event.key === "Escape") onCursor(undefined);
  else return;
  event.preventDefault();
}
