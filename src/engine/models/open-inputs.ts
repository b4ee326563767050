import {
  constantOf,
  explainedInput,
  leavesSidesFree,
  pictureAxes,
  shapeAt,
  usualSides,
} from "../../contract/choose-inputs.ts";
import { assumed, known } from "../../contract/evidence.ts";
import { inputAxes } from "../../contract/inputs.ts";
import type { Sidecar } from "../../data/image/sidecar.ts";
import type { Imported, Port } from "../../formats/imported.ts";
import { graphDTypeOf } from "../../formats/onnx/weights.ts";
import type { OnnxElementType } from "../../formats/onnx/element-types.ts";
import type { DeclaredPort, OpenedGraph } from "../../formats/open.ts";
import type { InputContract } from "../../protocol/contract.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { fromFloat64, type Tensor } from "../../tensor/tensor.ts";

/** A network at sizes that were chosen where its file leaves them free, with one input that samples differ in. */
export interface OpenedInputs {
  /** The network for this many samples at once. */
  at(batch: number): Imported;
  /** The input that is explained. */
  readonly input: Port;
  readonly contract: readonly InputContract[];
}

/** Sequences whose length a file leaves free are read at this length. */
const usualLength = 128;
/** A constant input with more elements is refused, not allocated: sizes in files may be anything. */
const mostConstant = 2 ** 24;

/** Chooses the input that is explained, the values of the others, and sizes that the file leaves free. */
export function openInputs(opened: OpenedGraph, file: string, hash: string, said: Sidecar | undefined): OpenedInputs {
  const { declared } = opened;
  if (declared === undefined || declared.length === 0) return soleInput(opened, file, hash);
  const explained = explainedInput(declared, said);
  const others = declared.filter((each) => each !== explained).map((each) => ({ each, ...constantOf(each, said) }));
  // Pixels as bytes are computed with as floats, so that there is a gradient.
  const asFloat = isWhole(explained) && pictureAxes(explained.shape) ? [explained.name] : [];
  const sides = sidesOf(explained, opened.metadata);
  const importAt = (batch: number, side: number): Imported => {
    const shape = shapeAt(explained, batch, side, said);
    return opened.importWith(
      {
        batch,
        ...(said?.sizes && { dimensions: said.sizes }),
        ...(shape && { inputShapes: { [explained.name]: shape } }),
        fixed: Object.fromEntries(
          others.map(({ each, value }) => [each.name, constantTensor(each, value, batch, side)]),
        ),
        asFloat,
      },
      hash,
    );
  };
  const { side, first } = firstThatFits(sides, (each) => importAt(1, each));
  const input = first.inputs.find(({ name }) => name === explained.name);
  if (input === undefined)
    throw new GlassboxError("unsupported", `the input ${explained.name} does not change what the model gives`, {
      where: file,
    });
  const byBatch = new Map([[1, first]]);
  return {
    at: (batch) => {
      const made = byBatch.get(batch) ?? importAt(batch, side);
      byBatch.set(batch, made);
      return made;
    },
    input,
    contract: declared.map((each) =>
      each === explained
        ? explainedContract(input, explained, declared.length, side, said)
        : constantContract(each, constantOf(each, said), side, said),
    ),
  };
}

/** Formats that declare no inputs before the import have one, of fixed sizes. */
function soleInput(opened: OpenedGraph, file: string, hash: string): OpenedInputs {
  const byBatch = new Map<number, Imported>();
  const at = (batch: number): Imported => {
    const made = byBatch.get(batch) ?? opened.importWith({ batch }, hash);
    byBatch.set(batch, made);
    return made;
  };
  const { inputs } = at(1);
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1)
    throw new GlassboxError(
      "unsupported",
      `the model has ${inputs.length} inputs; one of this format can be explained`,
      { where: file },
    );
  const role = known({ is: "explained" } as const, "file", "It is the model's only input.");
  const { name, elementType } = input;
  return {
    at,
    input,
    contract: [{ name, elementType, axes: inputAxes(input, undefined), role, preprocessing: undefined }],
  };
}

const isWhole = ({ elementType }: DeclaredPort): boolean => /^u?int/.test(elementType ?? "");

/** The sides to try: those that the exporter wrote down come first. */
function sidesOf(input: DeclaredPort, metadata: ReadonlyMap<string, string> | undefined): readonly number[] {
  if (!leavesSidesFree(input)) return [pictureAxes(input.shape) ? usualSides[0] : usualLength];
  const written = Number(/\d+/.exec(metadata?.get("imgsz") ?? "")?.[0]);
  return written > 0 && written <= 4096 ? [written, ...usualSides] : usualSides;
}

/** A network may take only some sizes; the error of the most usual one is told if it takes none. */
function firstThatFits(
  sides: readonly number[],
  importAt: (side: number) => Imported,
): { readonly side: number; readonly first: Imported } {
  let failed: unknown;
  for (const side of sides) {
    try {
      return { side, first: importAt(side) };
    } catch (error) {
      failed ??= error;
    }
  }
  throw failed;
}

function constantTensor(input: DeclaredPort, value: number, batch: number, side: number): Tensor {
  const shape = shapeAt(input, batch, side, undefined) ?? [];
  const size = sizeOf(shape);
  if (size > mostConstant)
    throw new GlassboxError("unsupported", `the input ${input.name} would have ${size.toLocaleString("en")} elements`, {
      hint: "Name the input that is explained in the file next to the model.",
    });
  const dtype = graphDTypeOf(input.elementType as OnnxElementType, `the input "${input.name}"`);
  return fromFloat64(dtype, shape, new Float64Array(size).fill(value));
}

function explainedContract(
  port: Port,
  { name, elementType, shape }: DeclaredPort,
  count: number,
  side: number,
  said: Sidecar | undefined,
): InputContract {
  const role = { is: "explained" } as const;
  const picture = pictureAxes(shape) !== undefined;
  const chosen = leavesSidesFree({ name, elementType, shape }) ? freeWords(side, said) : undefined;
  return {
    name,
    elementType: elementType ?? port.elementType,
    axes: inputAxes(port, chosen),
    role:
      count === 1
        ? known(role, "file", "It is the model's only input.")
        : said?.input === name
          ? known(role, "person", "The file next to the model says so.")
          : assumed(role, "usual", picture ? "It has the shape of a picture." : "It is the first input of floats."),
    preprocessing: undefined,
  };
}

const freeWords = (side: number, said: Sidecar | undefined): string =>
  said?.sizes
    ? "the file next to the model gives sizes."
    : `${side} × ${side} is the first usual size that the network takes; “sizes” next to the model gives others.`;

function constantContract(
  { name, elementType, shape }: DeclaredPort,
  { value, said: given }: { readonly value: number; readonly said: boolean },
  side: number,
  said: Sidecar | undefined,
): InputContract {
  const sizes = shapeAt({ name, elementType, shape }, 1, side, said) ?? [];
  const words = given
    ? "The file next to the model says so."
    : `Nothing says what it should be: every element is ${value}. “constants” next to the model gives another value.`;
  return {
    name,
    elementType: elementType ?? "float",
    axes: known(
      sizes.map((size, axis) => ({ means: `axis ${axis}`, size, free: undefined })),
      "file",
      "The file gives the sizes.",
    ),
    role: (given ? known : assumed)({ is: "constant", value } as const, given ? "person" : "usual", words),
    preprocessing: undefined,
  };
}
