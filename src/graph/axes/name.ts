import {
  isWhole,
  wholeRoot,
  type Axes,
  type Axis,
  type AxisName,
  type Factor,
  type Meaning,
  type PatternSide,
} from "./axis.ts";
import { isChannel, isPosition } from "./flow-law.ts";

/** How digits are read once the whole graph was followed. */
export interface AxisReading {
  readonly meaning: (factor: Factor) => Meaning;
  readonly isKey: (side: PatternSide) => boolean;
}

type Word = AxisName | "features";

/** The names of a value's axes, `["batch", "channel", "row", "column"]`. A product of a batch is written `batch × window`. */
export function axisNames(axes: Axes, reading: AxisReading): readonly string[] {
  const words = axes.map((axis) => wordsOf(axis, axes, reading));
  const inSpace = words.some(
    (own) => own.length > 0 && own.every((word) => !named.has(word)) && own.some((word) => space.has(word)),
  );
  return words.map((own) =>
    own.map((word) => (word === "features" ? (inSpace ? "channel" : "feature") : word)).join(" × "),
  );
}

/** Words that are no position by themselves. */
const named: ReadonlySet<Word> = new Set<Word>([
  "batch",
  "features",
  "token",
  "head",
  "query",
  "key",
  "window",
  "unknown",
  "single",
]);
const space: ReadonlySet<Word> = new Set<Word>([
  "row",
  "column",
  "depth",
  "time",
  "window row",
  "window column",
  "row in window",
  "column in window",
]);

function wordsOf(axis: Axis, axes: Axes, reading: AxisReading): readonly Word[] {
  const digits = essential(axis, reading);
  if (digits.length === 0) return ["single"];
  const [sided] = digits.filter(({ side }) => side);
  if (sided) return [reading.isKey(sided.side!) ? "key" : "query"];
  const meanings = digits.map((digit) => reading.meaning(digit));
  if (meanings.includes("unknown") || meanings.every((meaning) => meaning === "free")) return ["unknown"];
  const rest = digits.filter((_, i) => meanings[i] !== "batch" && meanings[i] !== "free");
  const batch: readonly Word[] = rest.length < digits.filter((_, i) => meanings[i] !== "free").length ? ["batch"] : [];
  return rest.length === 0 ? batch : [...batch, ...product(rest, axes, reading)];
}

/** Digits of one element mean something only where they are alone, except that of a batch. */
function essential(axis: Axis, reading: AxisReading): Axis {
  const kept = axis.filter((digit) => digit.extent > 1 || reading.meaning(digit) === "batch");
  if (kept.length > 0) return kept;
  return axis.every((digit) => isPosition(reading.meaning(digit))) ? axis : axis.slice(0, 1);
}

function product(digits: Axis, axes: Axes, reading: AxisReading): readonly Word[] {
  const words = [...new Set(digits.map((digit) => wordOf(digit, axes, reading)))];
  if (words.length === 1) return words;
  const features = digits.filter((digit) => isChannel(reading.meaning(digit)));
  const places = digits.filter((digit) => isPosition(reading.meaning(digit)));
  if (features.length === digits.length) return ["features"];
  if (places.length < digits.length)
    // Whole features with places are flattened; a head beside tokens is one more factor.
    return features.some((digit) => isWhole(digit)) || !words.includes("head") ? ["features"] : ["token", "head"];
  if (words.every((word) => word === "window row" || word === "window column")) return ["window"];
  const described = hasFeatures(axes, reading);
  if (!described && (words.every((word) => inWindow.has(word)) || axes.length <= 2)) return ["features"];
  return ["token"];
}

const inWindow: ReadonlySet<Word> = new Set<Word>(["row in window", "column in window"]);

/** Without other features, the places within a patch are what describes it. */
const hasFeatures = (axes: Axes, reading: AxisReading): boolean =>
  axes.some((axis) => axis.some((digit) => digit.extent > 1 && isChannel(reading.meaning(digit))));

function wordOf(digit: Factor, axes: Axes, reading: AxisReading): Word {
  const meaning = reading.meaning(digit);
  if (meaning === "head") return "head";
  // A digit of features that a convolution reads as rows is rows.
  if (meaning !== reading.meaning(wholeRoot(digit.root))) return meaning === "channel" ? "features" : plain(meaning);
  const siblings = axes
    .filter((axis) => meaning === "channel" || !isFeature(axis, axes, reading))
    .flat()
    .filter(
      (other) => other.root.id === digit.root.id && other.stride !== digit.stride && reading.meaning(other) === meaning,
    );
  const top = isTop(digit);
  switch (meaning) {
    case "channel":
      return isWhole(digit) || digit.stride === 1 || siblings.length === 0 ? "features" : "group";
    case "row":
    case "column":
      if (isWhole(digit) || (top && siblings.length === 0)) return meaning;
      return top ? `window ${meaning}` : `${meaning} in window`;
    case "depth":
    case "time":
    case "token":
      if (isWhole(digit) || (top && siblings.length === 0)) return meaning;
      return top ? "window" : meaning;
    default:
      return plain(meaning);
  }
}

const plain = (meaning: Meaning): Word =>
  meaning === "free" ? "unknown" : meaning === "channel" ? "features" : meaning;

const isTop = ({ stride, extent, root }: Factor): boolean => stride * extent === root.extent;

/** Axes of features: those with channels in them, and in a grey picture the places within a patch. */
const isFeature = (axis: Axis, axes: Axes, reading: AxisReading): boolean =>
  hasFeatures([axis], reading) ||
  (!hasFeatures(axes, reading) &&
    axis.some(({ extent }) => extent > 1) &&
    axis.every((digit) => digit.extent === 1 || !isTop(digit)));

export type DigitRole = "batch" | "channel" | "position" | "unknown";

/** What each digit of axis `index` is to a reader of channels at positions. */
export function rolesOf(axes: Axes, index: number, reading: AxisReading): readonly DigitRole[] {
  const axis = axes[index]!;
  const words = wordsOf(axis, axes, reading).filter((word) => word !== "batch");
  const features = words.length === 1 && words[0] === "features";
  return axis.map((digit) => {
    const meaning = reading.meaning(digit);
    if (meaning === "batch") return "batch";
    if (features || isChannel(meaning)) return "channel";
    return isPosition(meaning) ? "position" : "unknown";
  });
}
