/** The shapes of the procedural set, as exact tests of a pixel's centre against the unit shape: no antialiasing, so every mask is a set. */
export const shapeNames = ["circle", "square", "triangle", "cross", "star"] as const;

export type ShapeName = (typeof shapeNames)[number];

/** Whether (x, y), in units of the radius, y downward, lies in the shape. Only +, −, ×, ÷: equal on every machine. */
export const contains: Readonly<Record<ShapeName, (x: number, y: number) => boolean>> = {
  circle: (x, y) => x * x + y * y <= 1,
  // Sides of 1.7 give it about the circle's area.
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.85,
  triangle: (x, y) => y <= 0.75 && 2 * Math.abs(x) <= y + 1.1,
  cross: (x, y) => Math.min(Math.abs(x), Math.abs(y)) <= 0.36 && Math.max(Math.abs(x), Math.abs(y)) <= 1,
  star: (x, y) => inStar(x, y),
};

/** sin and cos of 72° times k, written out: Math.sin may differ in its last bit between machines. */
const turns: readonly (readonly [sine: number, cosine: number])[] = [
  [0, 1],
  [0.9510565162951535, 0.30901699437494745],
  [0.5877852522924731, -0.8090169943749475],
  [-0.5877852522924731, -0.8090169943749475],
  [-0.9510565162951535, 0.30901699437494745],
];

/** Distance of the sides of a regular pentagram of circumradius 1 from its centre: cos 72°. A point lies in it unless it is beyond two of them. */
const side = 0.30901699437494745;

function inStar(x: number, y: number): boolean {
  let beyond = 0;
  for (const [sine, cosine] of turns) if (x * sine + y * cosine > side) beyond++;
  return beyond <= 1 && x * x + y * y <= 1;
}
