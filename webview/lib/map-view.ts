import type { Place } from "./heatmap-reading.ts";

/** What part of the picture is seen, shared by all maps. Offsets are in picture widths and heights. */
export interface MapView {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export interface Extent {
  readonly width: number;
  readonly height: number;
}

export const wholePicture: MapView = { zoom: 1, x: 0, y: 0 };

const most = 32;

/** Keeps the seen part inside the picture. */
export function within({ zoom, x, y }: MapView): MapView {
  const end = 1 - 1 / zoom;
  return { zoom, x: Math.min(end, Math.max(0, x)), y: Math.min(end, Math.max(0, y)) };
}

/** Zooms about a place, which stays where it is on the screen. */
export function zoomAt(view: MapView, { row, column }: Place, { width, height }: Extent, factor: number): MapView {
  const zoom = Math.min(most, Math.max(1, view.zoom * factor));
  const keep = (offset: number, at: number): number => at - ((at - offset) * view.zoom) / zoom;
  return within({ zoom, x: keep(view.x, (column + 0.5) / width), y: keep(view.y, (row + 0.5) / height) });
}

/** Pans just as far as it takes to see a place, with a tenth of the view around it. */
export function withPlace(view: MapView, { row, column }: Place, { width, height }: Extent): MapView {
  const seen = 1 / view.zoom;
  const margin = 0.1 * seen;
  const pan = (offset: number, at: number): number => Math.min(at - margin, Math.max(at + margin - seen, offset));
  return within({ zoom: view.zoom, x: pan(view.x, (column + 0.5) / width), y: pan(view.y, (row + 0.5) / height) });
}

/** Where a place lies on the screen, in shares of the map; outside 0 to 1 it is not seen. */
export const onScreen = (
  view: MapView,
  { row, column }: Place,
  { width, height }: Extent,
): { readonly x: number; readonly y: number } => ({
  x: ((column + 0.5) / width - view.x) * view.zoom,
  y: ((row + 0.5) / height - view.y) * view.zoom,
});

/** The place under a point of the screen, given in shares of the map. */
export function placeAt(
  view: MapView,
  { x, y }: { readonly x: number; readonly y: number },
  { width, height }: Extent,
): Place {
  const along = (at: number, offset: number, extent: number): number =>
    Math.min(extent - 1, Math.max(0, Math.floor((offset + at / view.zoom) * extent)));
  return { row: along(y, view.y, height), column: along(x, view.x, width) };
}
