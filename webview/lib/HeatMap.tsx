import { useEffect, useMemo, useRef } from "preact/hooks";
import type { ColormapName } from "../../src/data/colormap/colormap.ts";
import { display, type DisplayStyle, type Rendered } from "../../src/data/colormap/display.ts";
import type { HeatmapPlanes } from "../../src/protocol/result.ts";
import { pressed, type MapActions } from "./heatmap-keys.ts";
import { onScreen, placeAt, within, zoomAt, type MapView } from "./map-view.ts";
import { drawnMap, strongestPlace, type Place } from "./heatmap-reading.ts";

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** How maps are coloured; nothing is computed again for it. */
export interface Look {
  readonly style: DisplayStyle;
  readonly colormap: Exclude<ColormapName, "signed">;
  readonly opacity: number;
  /** Whether the cells of coarse maps are seen as cells. */
  readonly coarse: "smooth" | "cells";
}

interface Props extends MapActions {
  readonly label: string;
  readonly planes: HeatmapPlanes | undefined;
  readonly picture: Picture;
  readonly look: Look;
  readonly view: MapView;
  readonly cursor: Place | undefined;
  readonly onRendered: (rendered: Rendered) => void;
}

/** A map over its photograph, with the cursor, the zoom and the pan that all maps share. */
export function HeatMap({ label, planes, picture, look, view, cursor, onRendered, ...actions }: Props) {
  const { onCursor, onView } = actions;
  const canvas = useRef<HTMLCanvasElement>(null);
  const rendered = useMemo(
    () => render(planes, picture, look),
    [planes, picture, look.style, look.colormap, look.opacity, look.coarse],
  );
  useEffect(() => onRendered(rendered), [rendered]);
  useEffect(() => void (canvas.current && paint(canvas.current, rendered, view, cursor)), [rendered, view, cursor]);

  const pointed = ({ clientX, clientY }: MouseEvent): { readonly x: number; readonly y: number } => {
    const box = canvas.current!.getBoundingClientRect();
    return { x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height };
  };
  const place = (event: MouseEvent): Place => placeAt(view, pointed(event), picture);
  const drag = useRef<{ readonly x: number; readonly y: number; readonly view: MapView } | undefined>(undefined);
  const move = (event: PointerEvent): void => {
    if (!drag.current || view.zoom === 1) return onCursor(place(event));
    const { x, y } = pointed(event);
    const { view: start } = drag.current;
    onView(
      within({
        zoom: view.zoom,
        x: start.x - (x - drag.current.x) / view.zoom,
        y: start.y - (y - drag.current.y) / view.zoom,
      }),
    );
  };
  return (
    <canvas
      ref={canvas}
      class="map"
      role="application"
      aria-roledescription="heatmap"
      tabIndex={0}
      aria-label={label}
      width={picture.width * 2}
      height={picture.height * 2}
      onPointerMove={move}
      onPointerDown={(event) => {
        drag.current = { ...pointed(event), view };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerUp={() => (drag.current = undefined)}
      onPointerLeave={() => onCursor(undefined)}
      onDblClick={(event) => onView(zoomAt(view, place(event), picture, event.shiftKey ? 0.5 : 2))}
      onWheel={(event) => {
        // A plain wheel scrolls the page; a pinch arrives as a wheel with Ctrl.
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        onView(zoomAt(view, place(event), picture, Math.exp(-event.deltaY / 400)));
      }}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (pressed(event, { cursor, view, picture, strongest: planes && strongestPlace(planes) }, actions))
          event.preventDefault();
      }}
      onBlur={() => onCursor(undefined)}
    />
  );
}

function render(
  planes: HeatmapPlanes | undefined,
  { width, height, rgb }: Picture,
  { style, colormap, opacity, coarse }: Look,
): Rendered {
  const drawable = planes && !planes.blank ? planes : undefined;
  const map = drawable ? drawnMap(drawable, style) : { width: 1, height: 1, values: new Float32Array(1) };
  return display(
    map,
    { width, height, data: rgb },
    { style: drawable ? style : "photograph", colormap, opacity, coarse },
  );
}

function paint(
  canvas: HTMLCanvasElement,
  { width, height, rgba }: Rendered,
  view: MapView,
  cursor: Place | undefined,
): void {
  const context = canvas.getContext("2d")!;
  const source = new OffscreenCanvas(width, height);
  source.getContext("2d")!.putImageData(new ImageData(rgba, width, height), 0, 0);
  // From here on a pixel is large enough to be seen as the square that it is.
  context.imageSmoothingEnabled = view.zoom < 3;
  context.drawImage(
    source,
    view.x * width,
    view.y * height,
    width / view.zoom,
    height / view.zoom,
    0,
    0,
    canvas.width,
    canvas.height,
  );
  if (cursor === undefined) return;
  const { x, y } = onScreen(view, cursor, { width, height });
  for (const [color, line] of [
    ["#000", 5],
    ["#fff", 2.5],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = line;
    context.beginPath();
    context.arc(x * canvas.width, y * canvas.height, 9, 0, 2 * Math.PI);
    context.stroke();
  }
}
