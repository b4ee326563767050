import type { DType } from "../../tensor/dtype.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Shape } from "../../tensor/shape.ts";
import type { ByteSource } from "../source.ts";

/** What a .npy file says of its array (NEP 1): a Python dictionary in text, before the elements. */
export interface NpyHeader {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Elements in column-major order. */
  readonly fortranOrder: boolean;
  readonly bigEndian: boolean;
  /** Where the elements begin. */
  readonly dataOffset: number;
}

const magic = "\x93NUMPY";
/** NumPy itself stops at 10,000; only arrays of records come near. */
const longestHeader = 1 << 16;
const highestRank = 64;

const dtypeOfCode: ReadonlyMap<string, DType> = new Map<string, DType>([
  ["f2", "float16"],
  ["f4", "float32"],
  ["f8", "float64"],
  ["b1", "bool"],
  ["i1", "int8"],
  ["i2", "int16"],
  ["i4", "int32"],
  ["i8", "int64"],
  ["u1", "uint8"],
  ["u2", "uint16"],
  ["u4", "uint32"],
  ["u8", "uint64"],
]);

/** NumPy's type code of what it can hold; it has no bfloat16. */
export const codeOfDtype: ReadonlyMap<DType, string> = new Map([...dtypeOfCode].map(([code, dtype]) => [dtype, code]));

/** Why an array of this kind is not read, by the letter of its type. */
const refusals: ReadonlyMap<string, string> = new Map([
  ["O", "Python objects, which are stored as a pickle and could run code"],
  ["U", "text"],
  ["S", "byte strings"],
  ["a", "byte strings"],
  ["c", "complex numbers"],
  ["V", "raw records"],
  ["M", "dates"],
  ["m", "time spans"],
  ["f", "floats of a width other than 2, 4 or 8 bytes"],
]);

export function readNpyHeader(source: ByteSource): NpyHeader {
  const fail = (what: string, offset: number): never => {
    throw new GlassboxError("file", what, {
      where: `${source.name}, offset ${offset}`,
      hint: "It is not a NumPy array, or it was cut off.",
    });
  };
  if (source.size < 10 || String.fromCharCode(...source.read(0, 6)) !== magic)
    fail("the file does not begin like a NumPy array", 0);
  const [major = 0, minor = 0] = source.read(6, 2);
  if (major < 1 || major > 3 || minor !== 0) fail(`version ${major}.${minor} of the NumPy format is unknown`, 6);
  const lengthBytes = major === 1 ? 2 : 4;
  const start = 8 + lengthBytes;
  const length = source.read(8, lengthBytes).reduce((sum, byte, i) => sum + byte * 256 ** i, 0);
  if (length > longestHeader) fail(`the array's header claims ${length} bytes`, 8);
  if (start + length > source.size)
    fail(`the array's header claims ${length} bytes, but ${source.size - start} are left`, 8);
  let header: string;
  try {
    header = new TextDecoder(major === 3 ? "utf-8" : "latin1", { fatal: true }).decode(source.read(start, length));
  } catch {
    return fail("the array's header is not text", start);
  }
  const { descr, fortranOrder, shape } = parseHeader(header, (what) => fail(what, start));
  if (shape.length > highestRank) fail(`an array of ${shape.length} dimensions is impossible`, start);
  const order = descr[0]!;
  const dtype = "<>=|".includes(order) ? dtypeOfCode.get(descr.slice(1)) : undefined;
  if (dtype === undefined) {
    const reason =
      refusals.get("<>=|".includes(order) ? (descr[1] ?? "") : order) ??
      `elements of type ${JSON.stringify(descr.slice(0, 40))}`;
    throw new GlassboxError("unsupported", `the array holds ${reason}`, {
      where: source.name,
      hint: "Arrays of booleans, integers and floats are read: save it with .astype(numpy.float32) or the like.",
    });
  }
  return { dtype, shape, fortranOrder, bigEndian: order === ">", dataOffset: start + length };
}

interface Parsed {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: number[];
}

/** One dictionary of exactly these three keys; the grammar of Python literals that NumPy writes, and no more. */
function parseHeader(text: string, fail: (what: string) => never): Parsed {
  let at = 0;
  const accept = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? undefined;
    if (found) at += found[0].length;
    return found;
  };
  const expect = (pattern: RegExp, what: string): RegExpExecArray =>
    accept(pattern) ?? fail(`the array's header has no ${what} at character ${at}`);

  let descr: string | undefined;
  let fortranOrder: boolean | undefined;
  let shape: number[] | undefined;
  expect(/\s*\{/y, "dictionary");
  while (!accept(/\s*\}/y)) {
    const key = expect(/\s*(['"])(\w{1,40})\1\s*:\s*/y, "key")[2]!;
    if (key === "descr" && descr === undefined) {
      if (accept(/\[/y)) {
        descr = "|V";
        return { descr, fortranOrder: false, shape: [] };
      }
      descr = expect(/(['"])([^'"\\]{1,40})\1/y, "element type")[2]!;
    } else if (key === "fortran_order" && fortranOrder === undefined) {
      fortranOrder = expect(/True|False/y, "True or False")[0] === "True";
    } else if (key === "shape" && shape === undefined) {
      expect(/\(/y, "shape");
      shape = [];
      // Python 2 wrote long integers as 3L.
      for (let extent; (extent = accept(/\s*(\d{1,16})L?\s*/y));) {
        shape.push(Number(extent[1]));
        if (!accept(/,/y)) break;
      }
      expect(/\s*\)/y, "end of the shape");
    } else fail(`the array's header has the key ${JSON.stringify(key)} where it should not`);
    if (!accept(/\s*,/y)) {
      expect(/\s*\}/y, "end of the dictionary");
      break;
    }
  }
  expect(/\s*$/y, "end");
  if (descr === undefined || fortranOrder === undefined || shape === undefined)
    return fail("the array's header is incomplete");
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (!shape.every(Number.isSafeInteger) || !Number.isSafeInteger(size))
    fail(`an array of shape (${shape.join(", ")}) is impossible`);
  return { descr, fortranOrder, shape };
}
