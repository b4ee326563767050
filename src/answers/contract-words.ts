import type {
  BoxLayoutName,
  Contract,
  Entry,
  EvidenceSource,
  Given,
  OutputKind,
  OutputKindName,
  Range,
} from "../protocol/contract.ts";
import type { Preprocessing } from "../protocol/model.ts";

/** One statement about a model in words, the same on every surface. */
export interface ContractFact {
  readonly name: string;
  readonly value: string;
  /** How it is known, in a few words. */
  readonly from: string;
  /** One sentence about it. */
  readonly evidence: string;
  /** Whether nobody needs to confirm it. */
  readonly sure: boolean;
}

/** Names that are listed of a class list. */
const namesShown = 3;

/** What a model is, line by line. */
export function contractFacts({ inputs, heads, unexplained, names }: Contract): readonly ContractFact[] {
  const [head, ...others] = heads;
  const sole = inputs.length === 1;
  return [
    ...inputs.flatMap(({ name, elementType, axes, role, preprocessing }) => {
      const label = `input ${name}`;
      const sizes = axes.value.slice(1);
      const means = sizes.map((axis) => axis.means).join(", ");
      const shape =
        sizes.length === 0
          ? `one ${elementType}`
          : `${elementType} of ${sizes.map(({ size }) => size).join(" × ")} (${means})`;
      return [
        fact(label, axes, () => shape),
        ...(sole
          ? []
          : [fact(label, role, (value) => (value.is === "explained" ? "explained" : `always ${value.value}`))]),
        ...(preprocessing ? [fact("pictures", preprocessing, preprocessingWords)] : []),
      ];
    }),
    ...(head ? [fact(`output ${head.output}`, head.kind, outputWords)] : []),
    ...(unexplained === undefined
      ? []
      : [{ name: "output", value: "not explained", from: sourceWords.file, evidence: unexplained, sure: false }]),
    ...(names ? [fact("names", names, namesWords)] : []),
    ...others.map(({ output, kind }) => fact(`also ${output}`, kind, outputWords)),
  ];
}

function fact<Value>(
  name: string,
  { value, evidence, sure }: Entry<Value>,
  words: (value: Value) => string,
): ContractFact {
  return { name, value: words(value), from: sourceWords[evidence.from], evidence: evidence.words, sure };
}

const sourceWords: Readonly<Record<EvidenceSource, string>> = {
  file: "the model's file",
  neighbour: "a file next to the model",
  measured: "measured",
  person: "a person",
  usual: "usual",
};

const givenWords: Readonly<Record<Given, string>> = {
  logits: "",
  probabilities: ", given as probabilities",
  "log-probabilities": ", given as logarithms of probabilities",
  labels: ", given as the index of the best",
};

const layouts: Readonly<Record<BoxLayoutName, string>> = {
  "yolo-v5": "YOLO v5",
  "yolo-v8": "YOLO v8 or v11",
  yolox: "YOLOX",
  "end-to-end": "after suppression",
  ssd: "SSD",
  detr: "DETR",
};

/** Kinds of output, for a person who chooses one. */
export const kindNames: Readonly<Record<OutputKindName, string>> = {
  classes: "classes, one of which is right",
  independent: "independent classes",
  binary: "one score for two classes",
  number: "numbers",
  segmentation: "a class for each pixel",
  pixels: "a picture or a number for each pixel",
  boxes: "boxes",
  embedding: "an embedding",
  sequence: "numbers for each place",
};

/** What the numbers of an output are. */
function outputWords(kind: OutputKind): string {
  switch (kind.is) {
    case "classes":
      return `scores of ${many(kind.classes, "class", "classes")}, one of which is right${givenWords[kind.given]}`;
    case "independent":
      return `independent scores of ${many(kind.classes, "class", "classes")}${givenWords[kind.given]}`;
    case "binary":
      return `one score for two classes${givenWords[kind.given]}`;
    case "number":
      return `${kind.numbers === 1 ? "a number" : many(kind.numbers, "number", "numbers")}${rangeWords(kind.range)}`;
    case "segmentation":
      return `${kind.exclusive ? "scores" : "independent scores"} of ${many(kind.classes, "class", "classes")} at each of ${kind.rows} × ${kind.columns} places${givenWords[kind.given]}`;
    case "pixels":
      return `${many(kind.channels, "number", "numbers")} at each of ${kind.rows} × ${kind.columns} places${rangeWords(kind.range)}`;
    case "boxes":
      return `${many(kind.boxes, "box", "boxes")}${kind.classes > 0 ? ` of ${many(kind.classes, "class", "classes")}` : ""}, laid out as ${layouts[kind.layout]}`;
    case "embedding":
      return `an embedding of ${many(kind.size, "number", "numbers")}${kind.unitLength ? ", scaled to length 1" : ""}`;
    case "sequence":
      return `${many(kind.features, "number", "numbers")} for each of ${kind.positions} places`;
  }
}

const many = (count: number, one: string, more: string): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : more}`;

function rangeWords({ low, high }: Range): string {
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  return low === undefined ? "" : ` of at least ${low}`;
}

function namesWords(names: readonly string[] | undefined): string {
  if (names === undefined) return "none";
  const rest = names.length - namesShown;
  return `${names.slice(0, namesShown).join(", ")}${rest > 0 ? ` and ${rest.toLocaleString("en")} more` : ""}`;
}

/** How a picture becomes the input, in one line. */
function preprocessingWords({ resize, crop, range, mean, std, channelOrder }: Preprocessing): string {
  const size =
    resize === null
      ? "at its own size"
      : resize.mode === "exact"
        ? `resized to ${resize.size[1]} × ${resize.size[0]}`
        : `shorter side ${resize.size}`;
  const cut = crop ? `, cropped to ${crop.width} × ${crop.height}` : "";
  const plain = mean.every((value) => value === 0) && std.every((value) => value === 1);
  const list = (values: readonly number[]): string => values.map((value) => Number(value.toPrecision(4))).join(", ");
  const normal = plain ? "" : `, minus ${list(mean)}, divided by ${list(std)}`;
  return `${channelOrder}, ${range[0]} to ${range[1]}${normal}; ${size}${cut}`;
}
