import assert from "node:assert/strict";
import { test } from "node:test";
import { pressed } from "./heatmap-keys.ts";
import { onScreen, placeAt, wholePicture, within, withPlace, zoomAt, type MapView } from "./map-view.ts";

const picture = { width: 224, height: 112 };
const place = { row: 30, column: 200 };

test("zooming keeps the place under the cursor where it is on the screen", () => {
  const first = zoomAt(wholePicture, { row: 56, column: 112 }, picture, 2);
  const before = onScreen(first, { row: 60, column: 120 }, picture);
  const after = onScreen(zoomAt(first, { row: 60, column: 120 }, picture, 1.7), { row: 60, column: 120 }, picture);
  assert.ok(Math.abs(before.x - after.x) < 1e-9 && Math.abs(before.y - after.y) < 1e-9);
});

test("a place on the screen is the place that is pointed at, at any zoom", () => {
  for (const factor of [1, 1.5, 4, 30]) {
    const view = zoomAt(wholePicture, place, picture, factor);
    assert.deepEqual(placeAt(view, onScreen(view, place, picture), picture), place);
  }
});

test("no zoom or pan leaves the picture", () => {
  const view = zoomAt(wholePicture, { row: 0, column: 0 }, picture, 1000);
  assert.ok(view.zoom === 32 && view.x >= 0 && view.y >= 0);
  assert.deepEqual(within({ zoom: 2, x: -1, y: 3 }), { zoom: 2, x: 0, y: 0.5 });
  assert.deepEqual(zoomAt(view, place, picture, 1e-6), wholePicture);
});

test("the cursor stays in sight when keys move it out of the view", () => {
  const view = zoomAt(wholePicture, { row: 0, column: 0 }, picture, 4);
  const { x, y } = onScreen(withPlace(view, place, picture), place, picture);
  assert.ok(x >= 0 && x <= 1 && y >= 0 && y <= 1);
});

test("keys do what the mouse does, and others are left to VS Code", () => {
  const done: unknown[] = [];
  const actions = {
    onCursor: (at: unknown) => done.push(at),
    onView: ({ zoom }: MapView) => done.push(zoom),
    onStyle: (index: number) => done.push(index),
  };
  const press = (key: string, shiftKey = false): boolean =>
    pressed(
      { key, shiftKey },
      { cursor: { row: 0, column: 5 }, view: wholePicture, picture, strongest: place },
      actions,
    );
  assert.ok(["ArrowUp", "ArrowRight", "Home", "+", "2"].every((key) => press(key)));
  assert.ok(press("ArrowRight", true));
  assert.deepEqual(done, [{ row: 0, column: 5 }, { row: 0, column: 6 }, place, 1.5, 1, { row: 0, column: 15 }]);
  assert.equal(press("Tab"), false);
  assert.equal(press("F1"), false);
});
