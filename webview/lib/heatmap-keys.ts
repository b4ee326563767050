import { withPlace, wholePicture, zoomAt, type Extent, type MapView } from "./map-view.ts";
import type { Place } from "./heatmap-reading.ts";

export interface MapActions {
  readonly onCursor: (place: Place | undefined) => void;
  readonly onView: (view: MapView) => void;
  readonly onStyle: (index: number) => void;
}

interface Situation {
  readonly cursor: Place | undefined;
  readonly view: MapView;
  readonly picture: Extent;
  readonly strongest: Place | undefined;
}

const steps: Readonly<Record<string, readonly [row: number, column: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Said with every map, so that nobody has to guess. */
export const KEYS =
  "Arrow keys read values, with Shift ten at a time; Home goes to the strongest place; plus, minus and 0 zoom; 1 to 4 change the view.";

/** Everything the mouse does. Returns whether the key meant something here. */
export function pressed(
  { key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">,
  { cursor, view, picture, strongest }: Situation,
  { onCursor, onView, onStyle }: MapActions,
): boolean {
  const at = cursor ?? { row: Math.floor(picture.height / 2), column: Math.floor(picture.width / 2) };
  const go = (place: Place): void => {
    onCursor(place);
    if (view.zoom > 1) onView(withPlace(view, place, picture));
  };
  const step = steps[key];
  if (step) {
    const by = shiftKey ? 10 : 1;
    const clamp = (value: number, extent: number): number => Math.min(extent - 1, Math.max(0, value));
    go({ row: clamp(at.row + by * step[0], picture.height), column: clamp(at.column + by * step[1], picture.width) });
  } else if (key === "Home" && strongest) go(strongest);
  else if (key === "+" || key === "=") onView(zoomAt(view, at, picture, 1.5));
  else if (key === "-") onView(zoomAt(view, at, picture, 1 / 1.5));
  else if (key === "0") onView(wholePicture);
  else if (/^[1-4]$/.test(key)) onStyle(Number(key) - 1);
  else if (key === "Escape" && cursor) onCursor(undefined);
  else return false;
  return true;
}
