import type { Check } from "../../protocol/result.ts";
import { float32, toFloat64 } from "../../tensor/tensor.ts";
import type { RunContext } from "../analysis.ts";
import { rowsOf } from "../network.ts";
import type { OptionTable } from "../option.ts";
import { euclideanLength } from "../../tensor/euclidean-length.ts";

/** The intended change of the score in one step, as a share of the score: far above float32 rounding, and far below the distance of most kinks. */
const reach = 0.01;

/** Smaller steps tell a bend, at which the error shrinks, from a slope that is not the function's, at which it does not. */
const shares = [1, 1 / 8, 1 / 64];

/** A network that rounds is a staircase: its slope shows over steps that are wider than its stairs. */
const widerShares = [8, 64];

/** No step is longer than this share of the input's own length, however flat the function is. */
const longest = 0.01;

/** Changes below this share of the score are rounding of float32. */
const rounding = 1e-5;

type Question = Pick<RunContext<"picture", OptionTable>, "network" | "input" | "target">;

/**
 * Compares the slope with the function itself: where F is linear, a step of length h along g in both directions satisfies
 * (F(x + h·g/‖g‖) − F(x − h·g/‖g‖)) / 2h = ‖g‖. The deviation shows how nonlinear the network is near this input, and so
 * how local the map is. If it does not shrink with the step, the slope is not the function's. Both ends run in one batch,
 * so that samples that influence each other show as well. A missing part at a right angle to the map does not show: F is
 * measured along the map only. Cost: two forward passes, up to ten where they disagree.
 */
export async function slopeCheck(question: Question, score: number, slope: Float64Array): Promise<readonly Check[]> {
  const norm = euclideanLength(slope);
  if (!Number.isFinite(norm)) return [];
  if (norm === 0) return flatCheck(question, score);
  const whole = Math.min((reach * Math.max(1, Math.abs(score))) / norm, longest * Math.max(1, lengthOf(question)));
  // A probability near 0 or 1, for example, is too flat to be compared.
  if (2 * whole * norm < rounding * Math.abs(score)) return [];
  const direction = slope.map((value) => value / norm);
  const tried: { readonly step: number; readonly measured: number; readonly error: number }[] = [];
  for (const share of shares) {
    const step = whole * share;
    const measured = (await difference(question, direction, step)) / (2 * step);
    tried.push({ step, measured, error: Math.abs(measured - norm) / norm });
    if (tried.at(-1)!.error <= tolerance) break;
  }
  const stairs = tried.at(-1)!.error > tolerance && (await holdsOverStairs(question, direction, whole, norm));
  const [{ step, measured, error }] = tried as [(typeof tried)[0]];
  const status = error <= tolerance ? "pass" : stairs || tried.at(-1)!.error <= tolerance ? "warn" : "fail";
  const share = percent(error);
  const measure = `Measured over a step that changes the target by ${(2 * step * norm).toPrecision(2)}`;
  return [
    {
      id: "slope",
      label: "slope holds nearby",
      status,
      value: `off by ${share}`,
      sentence:
        status === "pass"
          ? `${measure}, the slope matches the map within ${share}.`
          : stairs
            ? `${measure}, the slope differs from the map by ${share}; over a step ${stairs} times larger they agree: the network computes in stairs, e.g. because it rounds, and the map is its slope across them.`
            : status === "warn"
              ? `${measure}, the slope differs from the map by ${share}: the network is nonlinear here, and the map is valid only very close to this input. SmoothGrad averages over the nonlinearity.`
              : `${measure}, the slope differs from the map by ${share}, and by ${percent(tried.at(-1)!.error)} over a step 64 times smaller: the map is not the slope of what the network computes. Either it bends at this very input, or its samples influence each other, or a part of it is not differentiated rightly.`,
      numbers: { norm, measured, error, step },
    },
  ];
}

const tolerance = 0.1;

/** In plain figures, however large. */
const percent = (share: number): string =>
  `${share >= 0.995 ? Math.round(100 * share) : (100 * share).toPrecision(2)} %`;

const lengthOf = ({ input }: Pick<Question, "input">): number => euclideanLength(toFloat64(input));

/** The first of the wider steps over which the slope holds, if any. */
async function holdsOverStairs(
  question: Question,
  direction: Float64Array,
  whole: number,
  norm: number,
): Promise<number | undefined> {
  for (const share of widerShares) {
    const step = whole * share;
    const measured = (await difference(question, direction, step)) / (2 * step);
    if (Math.abs(measured - norm) <= tolerance * norm) return share;
  }
  return undefined;
}

/**
 * The same for a map that does not claim to be the slope at one point, because it averages slopes or works at a layer:
 * a bend nearby is no fault of such a map, so only a slope that is not the function's at any step counts against it.
 * `where` says at which input it was measured.
 */
export async function slopeLawCheck(
  question: Question,
  score: number,
  slope: Float64Array,
  where: string,
): Promise<readonly Check[]> {
  return (await slopeCheck(question, score, slope)).map((check) => ({
    ...check,
    label: "slopes are the function's",
    ...(check.status === "warn" && {
      status: "info" as const,
      sentence: `Measured ${where}, the slope differs by ${check.value.replace("off by ", "")} over the first step and agrees over another: the network bends or rounds nearby, and its gradient is right.`,
    }),
    ...(check.status === "pass" && {
      sentence: `Measured ${where}, the gradient agrees with differences of the network itself: ${check.value}.`,
    }),
    ...(check.status === "fail" && { sentence: `Measured ${where}. ${check.sentence}` }),
  }));
}

/** F(x + step·direction) − F(x − step·direction), both in one batch where the network takes one. */
async function difference(
  { network, input, target }: Question,
  direction: Float64Array,
  step: number,
): Promise<number> {
  const centre = toFloat64(input);
  const both = new Float32Array(2 * centre.length);
  [step, -step].forEach((side, row) =>
    centre.forEach((value, i) => (both[row * centre.length + i] = value + side * direction[i]!)),
  );
  const ends: number[] = [];
  const rows = rowsOf(float32([2, ...input.shape.slice(1)], both));
  // Without `wrt` only the score runs: a fault of the backward laws cannot hide itself.
  for await (const { scores } of network.gradients(rows, target, { wrt: [] })) ends.push(...scores);
  return ends[0]! - ends[1]!;
}

/** A slope of 0 is right where the function is flat. If it moves with its input, something in it is not differentiated. */
async function flatCheck(question: Question, score: number): Promise<readonly Check[]> {
  const centre = toFloat64(question.input);
  // Every pixel moves, each by another amount, so that no sum is left the same.
  const direction = centre.map((_, i) => Math.sin(1 + i * 1.7));
  const length = euclideanLength(direction);
  const step = (longest * Math.max(1, lengthOf(question))) / length;
  const change = await difference(question, direction, step);
  const holds = Math.abs(change) <= 1e-4 * Math.max(1, Math.abs(score));
  if (holds) return [];
  return [
    {
      id: "slope",
      label: "slope holds nearby",
      status: "fail",
      value: change.toPrecision(2),
      sentence: `The slope is 0, but a step of ${(100 * longest).toFixed(0)} % of the input changes the target by ${change.toPrecision(2)}: a part of the network is not differentiated, e.g. because it rounds.`,
      numbers: { norm: 0, change, step },
    },
  ];
}
