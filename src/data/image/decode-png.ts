import { inflateSync } from "node:zlib";
import { backgroundNote, compositeOnWhite } from "./alpha.ts";
import { requireMemory } from "../../tensor/memory-budget.ts";
import { image, smaller, type Image } from "./image.ts";
import { damaged } from "./damaged.ts";
import { orient, orientationNote, readOrientation } from "./orientation.ts";
import { readPngChunks, type PngHeader } from "./png-chunks.ts";

/**
 * Decodes all colour types, depths and both interlace methods of PNG (W3C, third edition). zlib inflates the whole pixel
 * stream at once, limited to the size that the header implies, so a small file cannot unpack into gigabytes. The rows
 * are converted one by one.
 */
export function decodePng(
  bytes: Uint8Array,
  name: string,
  mostBytes = Infinity,
): { readonly image: Image; readonly notes: readonly string[] } {
  const { header, palette, transparency, compressed, exif, animated } = readPngChunks(bytes, name);
  const orientation = (exif && readOrientation(exif)) ?? 1;
  const { width, height } = header;
  requireMemory(streamBytes(header) + width * height * 3, mostBytes, "decoding this PNG", {
    where: name,
    hint: smaller,
  });
  const inflated = inflate(compressed, header, name);
  const colours = colouring(header, palette, transparency, name);
  const data = new Uint8Array(width * height * 3);
  let opaque = true;
  for (const { samples, start, step } of lines(inflated, header, name)) {
    const line = compositeOnWhite(colours(samples));
    opaque &&= line.opaque;
    if (step === 1) data.set(line.data, start * 3);
    else
      for (let from = 0, to = start * 3; from < line.data.length; from += 3, to += step * 3) {
        data[to] = line.data[from]!;
        data[to + 1] = line.data[from + 1]!;
        data[to + 2] = line.data[from + 2]!;
      }
  }
  return {
    image: orient(image(width, height, data), orientation),
    notes: [
      ...(orientation === 1 ? [] : [orientationNote]),
      ...(animated ? ["The PNG is an animation; this is its default image."] : []),
      ...(opaque ? [] : [backgroundNote]),
      ...(header.depth === 16 ? ["16 bits per channel were rounded to 8."] : []),
    ],
  };
}

interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
}

const whole: readonly Pass[] = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];
/** Adam7: PNG specification, section 8.2. */
const adam7: readonly Pass[] = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

interface PassLayout extends Pass {
  readonly columns: number;
  readonly rows: number;
  readonly lineBytes: number;
}

function passesOf({ width, height, depth, channels, interlaced }: PngHeader): readonly PassLayout[] {
  return (interlaced ? adam7 : whole)
    .map((pass) => {
      const columns = Math.ceil((width - pass.x) / pass.stepX);
      return {
        ...pass,
        columns,
        rows: Math.ceil((height - pass.y) / pass.stepY),
        lineBytes: Math.ceil((columns * channels * depth) / 8),
      };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** Some encoders leave bytes after the last row; anything beyond this number is an attack. */
const slack = 65_536;

/** The size of the inflated pixel stream: each row has a byte for its filter. */
const streamBytes = (header: PngHeader): number =>
  passesOf(header).reduce((sum, { rows, lineBytes }) => sum + rows * (lineBytes + 1), 0);

function inflate(compressed: Uint8Array, header: PngHeader, name: string): Uint8Array {
  const expected = streamBytes(header);
  let inflated: Uint8Array;
  try {
    inflated = inflateSync(compressed, { maxOutputLength: expected + slack });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ERR_BUFFER_TOO_LARGE")
      throw damaged("The PNG unpacks to far more data than its header implies.", name);
    throw damaged(
      code === "Z_BUF_ERROR"
        ? "The PNG is truncated: its pixel data ends early."
        : "The PNG's compressed pixel data is damaged.",
      name,
    );
  }
  if (inflated.length < expected) {
    throw damaged(`The PNG is truncated: it holds ${inflated.length} of ${expected} bytes of pixel data.`, name);
  }
  return inflated;
}

/** One row of a pass. The same array of samples serves each row of the pass. */
interface Line {
  /** One number per sample, `channels` per pixel. */
  readonly samples: Uint16Array;
  /** The index of its first pixel in the picture, and the distance to the next. */
  readonly start: number;
  readonly step: number;
}

/** The rows of all passes, unfiltered and unpacked. */
function* lines(bytes: Uint8Array, header: PngHeader, name: string): Generator<Line> {
  const { width, depth, channels } = header;
  const pixelBytes = Math.max(1, (depth * channels) >> 3);
  let offset = 0;
  for (const pass of passesOf(header)) {
    const samples = new Uint16Array(pass.columns * channels);
    let above: Uint8Array = new Uint8Array(pass.lineBytes);
    for (let row = 0; row < pass.rows; row++) {
      const line = bytes.subarray(offset + 1, offset + 1 + pass.lineBytes);
      unfilter(bytes[offset]!, line, above, pixelBytes, name);
      for (let i = 0; i < samples.length; i++) samples[i] = sampleAt(line, i, depth);
      yield { samples, start: (pass.y + row * pass.stepY) * width + pass.x, step: pass.stepX };
      above = line;
      offset += pass.lineBytes + 1;
    }
  }
}

function sampleAt(line: Uint8Array, index: number, depth: number): number {
  if (depth === 8) return line[index]!;
  if (depth === 16) return (line[2 * index]! << 8) | line[2 * index + 1]!;
  const bit = index * depth;
  return (line[bit >> 3]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

/** Undoes one row's filter in place (section 9.2): None, Sub, Up, Average, Paeth. */
function unfilter(filter: number, line: Uint8Array, above: Uint8Array, pixelBytes: number, name: string): void {
  if (filter === 0) return;
  if (filter > 4) throw damaged(`The PNG uses row filter ${filter}, which does not exist.`, name);
  for (let i = 0; i < line.length; i++) {
    const left = i < pixelBytes ? 0 : line[i - pixelBytes]!;
    const up = above[i]!;
    const upLeft = i < pixelBytes ? 0 : above[i - pixelBytes]!;
    const prediction =
      filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : paeth(left, up, upLeft);
    line[i] = line[i]! + prediction;
  }
}

function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const toLeft = Math.abs(estimate - left);
  const toUp = Math.abs(estimate - up);
  const toUpLeft = Math.abs(estimate - upLeft);
  return toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft;
}

/** Converts the samples of a row to RGBA, 8 bits each. The same array of colours serves rows of one length. */
function colouring(
  { depth, channels, colour }: PngHeader,
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
  name: string,
): (samples: Uint16Array) => Uint8Array {
  let rgba = new Uint8Array(0);
  const sized = (pixels: number): Uint8Array =>
    rgba.length === pixels * 4 ? rgba : (rgba = new Uint8Array(pixels * 4));
  if (colour === "palette") {
    if (!palette) throw damaged("The PNG has palette colours but no palette.", name);
    return (samples) => {
      const colours = sized(samples.length);
      for (let i = 0; i < samples.length; i++) {
        const entry = samples[i]!;
        if (entry * 3 >= palette.length)
          throw damaged(`The PNG uses palette entry ${entry} of ${palette.length / 3}.`, name);
        for (let channel = 0; channel < 3; channel++) colours[i * 4 + channel] = palette[entry * 3 + channel]!;
        colours[i * 4 + 3] = transparency?.[entry] ?? 255;
      }
      return colours;
    };
  }
  const full = 2 ** depth - 1;
  const to8 = (sample: number): number => (depth === 8 ? sample : Math.round((sample * 255) / full));
  const coloured = colour === "rgb" || colour === "rgba";
  const hasAlpha = colour === "grey-alpha" || colour === "rgba";
  const key = hasAlpha || !transparency ? undefined : keyColour(transparency, coloured ? 3 : 1, name);
  return (samples) => {
    const colours = sized(samples.length / channels);
    for (let from = 0, to = 0; from < samples.length; from += channels, to += 4) {
      for (let channel = 0; channel < 3; channel++)
        colours[to + channel] = to8(samples[from + (coloured ? channel : 0)]!);
      const invisible = key?.every((value, channel) => samples[from + channel] === value) ?? false;
      colours[to + 3] = hasAlpha ? to8(samples[from + channels - 1]!) : invisible ? 0 : 255;
    }
    return colours;
  };
}

/** The tRNS chunk of a grey or RGB image gives the single transparent colour, as 16-bit samples. */
function keyColour(transparency: Uint8Array, channels: number, name: string): readonly number[] {
  if (transparency.length !== channels * 2) throw damaged("The PNG's transparent colour has the wrong length.", name);
  return Array.from({ length: channels }, (_, i) => (transparency[2 * i]! << 8) | transparency[2 * i + 1]!);
}
