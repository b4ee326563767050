/** The shapes of the procedural set. Each is an exact test of a pixel's centre against the unit shape; there is no antialiasing, so every mask is binary. */
export const shapeNames = ["circle", "square", "triangle", "cross", "star"] as const;

export type ShapeName = (typeof shapeNames)[number];

/** Whether the shape contains (x, y), in units of the radius, with y downward. It uses only +, −, × and ÷, so it is the same on every machine. */
export const contains: Readonly<Record<ShapeName, (x: number, y: number) => boolean>> = {
  circle: (x, y) => x * x + y * y <= 1,
  // A side of 1.7 gives the square about the area of the circle.
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.85,
  triangle: (x, y) => y <= 0.75 && 2 * Math.abs(x) <= y + 1.1,
  cross: (x, y) => Math.min(Math.abs(x), Math.abs(y)) <= 0.36 && Math.max(Math.abs(x), Math.abs(y)) <= 1,
  star: (x, y) => inStar(x, y),
};

/** sin and cos of multiples of 72°, as literals: the last bit of Math.sin may differ between machines. */
const turns: readonly (readonly [sine: number, cosine: number])[] = [
  [0, 1],
  [0.9510565162951535, 0.30901699437494745],
  [0.5877852522924731, -0.8090169943749475],
  [-0.5877852522924731, -0.8090169943749475],
  [-0.9510565162951535, 0.30901699437494745],
];

/** The distance between the centre and the sides of a regular pentagram of circumradius 1: cos 72°. A point is inside unless it is beyond two sides. */
const side = 0.30901699437494745;

function inStar(x: number, y: number): boolean {
  let beyond = 0;
  for (const [sine, cosine] of turns) if (x * sine + y * cosine > side) beyond++;
  return beyond <= 1 && x * x + y * y <= 1;
}

/** The convex corners of each shape, in units of the radius, with y downward. */
export const cornersOf: Readonly<Record<ShapeName, readonly (readonly [x: number, y: number])[]>> = {
  circle: [],
  square: [-0.85, 0.85].flatMap((x) => [-0.85, 0.85].map((y) => [x, y] as const)),
  triangle: [
    [0, -1.1],
    [-0.925, 0.75],
    [0.925, 0.75],
  ],
  cross: [-1, 1].flatMap((sign) =>
    [-0.36, 0.36].flatMap((across) => [[sign, across] as const, [across, sign] as const]),
  ),
  star: turns,
};
