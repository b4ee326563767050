import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { encode } from "fast-png";
import { pngChunk, pngFile, pngHeader, withChecksums } from "../../../test/png-file.ts";
import { GlassboxError, type ErrorKind } from "../../tensor/errors.ts";
import { decodeImage } from "./decode.ts";
import { encodeImage, encodePng } from "./encode-png.ts";
import oracle from "./image-decode.json";
import { image } from "./image.ts";

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
const fileOf = (name: string): Uint8Array => bytesOf(oracle.cases.find((c) => c.name === name)!.file);
const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

function refuses(bytes: Uint8Array, what: RegExp, kind: ErrorKind = "file"): void {
  assert.throws(
    () => decodeImage(bytes, "picture"),
    (error) =>
      (error instanceof GlassboxError &&
        error.kind === kind &&
        what.test(error.what) &&
        error.where === "picture" &&
        Boolean(error.hint)) ||
      assert.fail(`${error}`),
  );
}

for (const { name, file, width, height, sha256 } of oracle.cases) {
  test(`${name}: the pixels that Pillow ${oracle.pillow} reads`, () => {
    const { image: decoded } = decodeImage(bytesOf(file), name);
    assert.deepEqual([decoded.width, decoded.height], [width, height]);
    assert.equal(createHash("sha256").update(decoded.data).digest("hex"), sha256);
  });
}

test("changes to the pixels are noted", () => {
  assert.deepEqual(decodeImage(fileOf("PNG, RGB"), "a").notes, []);
  assert.match(decodeImage(fileOf("PNG, RGB and alpha"), "a").notes.join(), /composited on white/);
  assert.match(decodeImage(fileOf("PNG, 16 bit grey"), "a").notes.join(), /rounded to 8/);
  assert.match(decodeImage(fileOf("JPEG, EXIF orientation 6"), "a").notes.join(), /rotated upright/);
});

test("an encoded picture decodes to itself, also interlaced and from a view into a larger buffer", () => {
  const data = Uint8Array.from({ length: 11 * 9 * 3 }, (_, i) => (i * 37) % 256);
  const png = encodeImage(image(11, 9, data));
  const shifted = new Uint8Array(png.length + 5);
  shifted.set(png, 5);
  assert.deepEqual(decodeImage(shifted.subarray(5), "a").image.data, data);
  assert.deepEqual(
    decodeImage(encode({ width: 11, height: 9, channels: 3, depth: 8, data }, { interlace: "Adam7" }), "a").image.data,
    data,
  );
  assert.deepEqual(
    decodeImage(encodePng(2, 1, 1, Uint8Array.of(7, 200)), "a").image.data,
    Uint8Array.of(7, 7, 7, 200, 200, 200),
  );
});

/** A PNG with any header and pixel stream. */
const pngOf = (
  width: number,
  height: number,
  depth: number,
  colourType: number,
  interlace: number,
  stream: Uint8Array,
  idat = deflateSync(stream),
): Uint8Array => pngFile(pngHeader(width, height, depth, colourType, interlace), pngChunk("IDAT", idat));

test("1-bit interlaced PNG: 8 × 8 pixels written pass by pass", () => {
  const white = (x: number, y: number): number => ((x * 3 + y * 5) % 7 < 3 ? 1 : 0);
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const;
  const stream: number[] = [];
  for (const [x0, y0, dx, dy] of passes) {
    for (let y = y0; y < 8; y += dy) {
      let [byte, bit] = [0, 7];
      for (let x = x0; x < 8; x += dx) byte |= white(x, y) << bit--;
      stream.push(0, byte);
    }
  }
  const { data } = decodeImage(pngOf(8, 8, 1, 0, 1, Uint8Array.from(stream)), "a").image;
  for (let i = 0; i < 64; i++) assert.equal(data[3 * i], 255 * white(i % 8, i >> 3), `pixel ${i}`);
});

test("other file types are recognised, whatever their extension", () => {
  refuses(new Uint8Array(), /empty/);
  refuses(bytesOf(oracle.refused.gif), /a GIF image/);
  refuses(bytesOf(oracle.refused.bmp), /a BMP image/);
  refuses(bytesOf(oracle.refused.tiff), /a TIFF image/);
  refuses(ascii("\0\0\0\x1cftypheic\0\0\0\0mif1heic"), /a HEIC photograph/);
  refuses(ascii("\0\0\0\x1cftypavif\0\0\0\0mif1avif"), /an AVIF image/);
  refuses(ascii('<?xml version="1.0"?>\n<!-- a\nb -->\n<svg xmlns="http://www.w3.org/2000/svg"/>'), /an SVG drawing/);
  refuses(ascii("<!DOCTYPE html><html><title>404</title>"), /an HTML page/);
  refuses(ascii("version https://git-lfs.github.com/spec/v1\noid sha256:0"), /a Git LFS pointer/);
  refuses(ascii("just some words\n"), /a text file/);
  refuses(ascii("\x93NUMPY\x01\0"), /a NumPy array/);
  refuses(Uint8Array.of(3, 1, 4, 1, 5, 0, 255), /not a known image format/);
  refuses(bytesOf(oracle.refused.cmyk), /CMYK/, "unsupported");
  refuses(bytesOf(oracle.refused.animation), /animation/, "unsupported");
});

test("every truncation of every format decodes or throws a GlassboxError, and nothing else", () => {
  for (const name of [
    "PNG, RGB",
    "JPEG",
    "JPEG, progressive",
    "JPEG, EXIF orientation 6",
    "WebP, lossy",
    "WebP, lossy with alpha",
  ]) {
    const whole = fileOf(name);
    for (let length = 12; length < whole.length - 12; length += 1 + (length >> 4)) {
      assert.throws(
        () => decodeImage(whole.subarray(0, length), name),
        (error) => error instanceof GlassboxError && /truncated|damaged/.test(error.what),
        `${name}, ${length} bytes`,
      );
    }
  }
});

test("damaged bytes decode or throw a GlassboxError, and nothing else", () => {
  let state = 7;
  const random = (below: number): number => (state = (state * 48271) % 2147483647) % below;
  for (const { name, file } of oracle.cases) {
    for (let round = 0; round < 25; round++) {
      const bytes = bytesOf(file);
      for (let i = 0; i < 3; i++) bytes[12 + random(bytes.length - 12)] = random(256);
      try {
        // Damage that fits its checksums gets further.
        decodeImage(name.startsWith("PNG") ? withChecksums(bytes) : bytes, name);
      } catch (error) {
        assert.ok(error instanceof GlassboxError, `${name}: ${error}`);
      }
    }
  }
  assert.equal(decodeImage(fileOf("JPEG"), "a").image.width, 19, "and the decoders still work");
});

test("sizes in headers are checked before anything is allocated", () => {
  refuses(pngOf(60_000, 60_000, 8, 6, 0, new Uint8Array(10)), /60000 × 60000/, "resource");
  refuses(pngOf(0, 5, 8, 2, 0, new Uint8Array(10)), /0 × 5/);
  const jpeg = fileOf("JPEG");
  const frame = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
  jpeg.set([0xff, 0xff, 0xff, 0xff], frame + 5);
  refuses(jpeg, /65535 × 65535/, "resource");
  const webp = fileOf("WebP, lossy with alpha");
  webp.set([255, 255, 255, 255, 255, 255], 24);
  refuses(webp, /16777216 × 16777216/, "resource");
});

test("a small file cannot unpack into gigabytes", () => {
  refuses(pngOf(4, 4, 8, 2, 0, new Uint8Array(), deflateSync(new Uint8Array(50_000_000))), /unpacks to far more/);
  refuses(pngOf(4000, 4000, 8, 2, 0, new Uint8Array(100)), /truncated/);
});

/** A progressive JPEG whose last scan is repeated until there are `scans`. */
function withScans(scans: number): Uint8Array {
  const file = Buffer.from(fileOf("JPEG, progressive"));
  const last = file.lastIndexOf(Buffer.of(0xff, 0xda));
  const scan = file.subarray(last, file.lastIndexOf(Buffer.of(0xff, 0xd9)));
  return new Uint8Array(
    Buffer.concat([file.subarray(0, last), ...Array<Buffer>(scans).fill(scan), Buffer.of(0xff, 0xd9)]),
  );
}

test("a JPEG of a thousand scans is refused before it is decoded, one of an ordinary number is not", () => {
  refuses(withScans(1000), /more than 100 scans/, "resource");
  assert.equal(decodeImage(withScans(3), "a").image.width, decodeImage(fileOf("JPEG, progressive"), "a").image.width);
});

test("scans are counted to the end marker: what cameras append is none", () => {
  const video = Buffer.concat(Array<Buffer>(500).fill(Buffer.of(0xff, 0xda, 0, 2)));
  const file = Buffer.concat([fileOf("JPEG, progressive"), video]);
  assert.deepEqual(decodeImage(file, "a").image, decodeImage(fileOf("JPEG, progressive"), "a").image);
});

test("a picture over the memory budget is refused with both numbers, each format", () => {
  for (const name of ["PNG, RGB", "JPEG, progressive", "WebP, lossy"]) {
    assert.throws(
      () => decodeImage(fileOf(name), "picture", 1000),
      (error) =>
        error instanceof GlassboxError &&
        error.kind === "resource" &&
        /needs .* over the limit of/.test(error.what) &&
        /Scale it down/.test(error.hint ?? ""),
      name,
    );
    decodeImage(fileOf(name), "picture", 2 ** 20);
  }
});

test("a side longer than any picture's is refused in the header", () => {
  refuses(
    pngOf(1, 64_000_000, 8, 0, 0, new Uint8Array(16)),
    /over the limit of 64 megapixels and 100000 pixels/,
    "resource",
  );
});
