import path from "node:path";
import { decodeImage } from "../data/image/decode.ts";
import { applyPreprocessing, type Preprocessing } from "../data/image/preprocessing.ts";
import { readNpy } from "../formats/numpy/npy.ts";
import { fileSource, memorySource } from "../formats/source.ts";
import type { InputParams, InputReference, PreparedInput } from "../protocol/engine.ts";
import { GlassboxError } from "../tensor/errors.ts";
import { requireMemory } from "../tensor/memory-budget.ts";
import { Recent } from "../tensor/recent.ts";
import { sameShape, sizeOf } from "../tensor/shape.ts";
import { float32, toFloat64, type Tensor } from "../tensor/tensor.ts";
import { hashBytes } from "./file-hash.ts";
import type { OpenNetwork } from "./models/open-network.ts";
import type { EngineServices } from "./services.ts";
import { requireExplainable } from "./models/require-explainable.ts";

export interface LoadedInput {
  /** The model's input: [1, …]. */
  readonly tensor: Tensor;
  readonly pixels: { readonly black: readonly number[]; readonly white: readonly number[] } | undefined;
  readonly prepared: PreparedInput;
}

const largestInput = 2 ** 31;

const isNpy = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x93 && String.fromCharCode(...bytes.subarray(1, 6)) === "NUMPY";

/**
 * Every method of a panel asks for the same photograph, by its bytes and preprocessing. One decoded photograph, which
 * may be large, and a few prepared inputs are cached.
 */
const decodings = new Recent<ReturnType<typeof decodeImage>>(1);
const preparations = new Recent<ReturnType<typeof applyPreprocessing>>(4);

/** The input as the model sees it. */
export async function prepareInput(
  services: EngineServices,
  { model, input, preprocessing }: InputParams,
): Promise<PreparedInput> {
  const network = requireExplainable(await services.models.network(model));
  return (await loadInput(network, input, services, preprocessing)).prepared;
}

type InputServices = Pick<EngineServices, "preprocessing" | "settings">;

/** Reads a photograph or a tensor and prepares it as the model's input, with notes on how. */
export async function loadInput(
  model: OpenNetwork,
  reference: InputReference,
  { preprocessing: choices, settings: { memoryBudgetBytes } }: InputServices,
  override: Preprocessing | undefined,
): Promise<LoadedInput> {
  const { name, bytes } = bytesOf(reference, memoryBudgetBytes);
  const sha256 = hashBytes(bytes);
  if (isNpy(bytes)) return loadTensor(model, name, bytes, sha256);
  const decoded = decodings.ensure(sha256, () => decodeImage(bytes, name, memoryBudgetBytes));
  if (model.card.picture === undefined) {
    throw new GlassboxError(
      "input",
      `${model.card.name} does not take pictures: its input is [${model.card.inputs[0]?.shape.join(", ")}]`,
      { hint: "Give the input as a .npy tensor of that shape." },
    );
  }
  const { preprocessing, sure, alternatives } = await (override === undefined
    ? choices.choose(model, decoded.image, sha256)
    : choices.given(model, override));
  const { tensor, view } = preparations.ensure(`${sha256} ${JSON.stringify(preprocessing)}`, () =>
    applyPreprocessing(decoded.image, preprocessing),
  );
  const expected = [1, ...model.network.inputShape];
  if (!sameShape(tensor.shape, expected)) {
    throw new GlassboxError(
      "option",
      `the preprocessing makes [${tensor.shape.join(", ")}], but ${model.card.name} takes [${expected.join(", ")}]`,
      { hint: "Change its size, crop, colour or layout." },
    );
  }
  return {
    tensor,
    pixels: extremes(preprocessing),
    prepared: {
      name,
      sha256,
      view: { width: view.width, height: view.height, rgb: Uint8Array.from(view.data) },
      preprocessing,
      sure,
      alternatives,
      notes: decoded.notes,
    },
  };
}

function loadTensor(model: OpenNetwork, name: string, bytes: Uint8Array, sha256: string): LoadedInput {
  const value = readNpy(memorySource(name, bytes));
  const expected = [1, ...model.network.inputShape];
  const unbatched = sameShape([1, ...value.shape], expected);
  if (!sameShape(value.shape, expected) && !unbatched) {
    throw new GlassboxError(
      "input",
      `the tensor is [${value.shape.join(", ")}], but ${model.card.name} takes [${expected.join(", ")}]`,
      { where: name },
    );
  }
  const numbers = toFloat64(value);
  const bad = numbers.findIndex((number) => !Number.isFinite(number));
  if (bad >= 0)
    throw new GlassboxError("input", `the tensor holds ${numbers[bad]} at element ${bad} of ${sizeOf(value.shape)}`, {
      where: name,
      hint: "Every value must be finite.",
    });
  const tensor =
    value.dtype === "float64" ? { dtype: value.dtype, shape: expected, data: value.data } : float32(expected, numbers);
  return {
    tensor,
    pixels: undefined,
    prepared: {
      name,
      sha256,
      view: undefined,
      preprocessing: undefined,
      sure: true,
      alternatives: [],
      notes: ["Taken as the model's own input, without preprocessing."],
    },
  };
}

/** The bytes of an input, and as an array of their own. */
const copiesOfInput = 2;

function bytesOf(
  reference: InputReference,
  memoryBudgetBytes: number,
): { readonly name: string; readonly bytes: Uint8Array } {
  if ("bytes" in reference) return reference;
  const source = fileSource(reference.path);
  try {
    const most = Math.min(memoryBudgetBytes, largestInput);
    requireMemory(source.size * copiesOfInput, most, "reading this input", { where: reference.path });
    return { name: path.basename(reference.path), bytes: source.read(0, source.size) };
  } finally {
    source.close();
  }
}

/** The values of black and white pixels in each channel of the model's input. */
function extremes({ range: [black, white], mean, std }: Preprocessing): {
  readonly black: readonly number[];
  readonly white: readonly number[];
} {
  const at = (level: number): number[] => mean.map((m, channel) => (level - m) / std[channel]!);
  return { black: at(black), white: at(white) };
}
