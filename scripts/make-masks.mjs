// Draws the hand-made masks of samples/vision from the polygons in masks.json: white object on black, the size of the photograph.
// usage: node scripts/make-masks.mjs
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { encode } from "fast-png";

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../samples/vision");

/** Even-odd rule: how many edges does a ray to the left of the point cross? */
function inside(polygons, x, y) {
  let odd = false;
  for (const polygon of polygons) {
    for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
      const [xi, yi] = polygon[i];
      const [xj, yj] = polygon[j];
      if (yi > y !== yj > y && x > xi + ((y - yi) / (yj - yi)) * (xj - xi)) odd = !odd;
    }
  }
  return odd;
}

for (const [file, { width, height, polygons }] of Object.entries(
  JSON.parse(fs.readFileSync(path.join(folder, "masks.json"), "utf8")),
)) {
  const data = new Uint8Array(width * height);
  let area = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!inside(polygons, x + 0.5, y + 0.5)) continue;
      data[y * width + x] = 255;
      area++;
    }
  }
  fs.writeFileSync(path.join(folder, file), encode({ width, height, channels: 1, depth: 8, data }));
  console.log(`${file}: ${area} pixels, ${((100 * area) / data.length).toFixed(2)} % of the photograph`);
}
