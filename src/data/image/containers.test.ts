import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { pngChunk, pngFile, pngHeader } from "../../../test/png-file.ts";
import { GlassboxError, type ErrorKind } from "../../tensor/errors.ts";
import { decodeImage } from "./decode.ts";
import oracle from "./image-decode.json";

const fileOf = (name: string): Uint8Array =>
  new Uint8Array(Buffer.from(oracle.cases.find((each) => each.name === name)!.file, "base64"));

const refused = (bytes: Uint8Array, what: RegExp, kind: ErrorKind = "file"): void =>
  assert.throws(
    () => decodeImage(bytes, "picture"),
    (error) =>
      (error instanceof GlassboxError && error.kind === kind && what.test(error.what)) || assert.fail(`${error}`),
  );

/** Two rows of three grey pixels, and the same turned by EXIF orientation 6: the first column read upwards is the first row. */
const rows = [
  [10, 20, 30],
  [40, 50, 60],
];
const turned = [
  [40, 10],
  [50, 20],
  [60, 30],
];
const pixels = pngChunk("IDAT", deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row]))));
const header = pngHeader(3, 2, 8, 0);
const rowsOf = (bytes: Uint8Array): { readonly rows: number[][]; readonly notes: string } => {
  const { image, notes } = decodeImage(bytes, "picture");
  const grey = Array.from({ length: image.height }, (_, y) =>
    Array.from({ length: image.width }, (_, x) => image.data[3 * (y * image.width + x)]!),
  );
  return { rows: grey, notes: notes.join(" ") };
};

/** A TIFF directory with the one entry "orientation". */
function exif(orientation: number, order: "II" | "MM" = "II"): Uint8Array {
  const little = order === "II";
  const view = new DataView(new ArrayBuffer(26));
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 1, little);
  view.setUint16(10, 0x0112, little);
  view.setUint16(12, 3, little);
  view.setUint32(14, 1, little);
  view.setUint16(18, orientation, little);
  return new Uint8Array(view.buffer);
}
const withHeader = (block: Uint8Array): Uint8Array => Buffer.concat([Buffer.from("Exif\0\0"), block]);

test("the camera's orientation turns a PNG, before or after its pixels, in either byte order", () => {
  for (const block of [exif(6), exif(6, "MM"), withHeader(exif(6))]) {
    for (const chunks of [
      [pngChunk("eXIf", block), pixels],
      [pixels, pngChunk("eXIf", block)],
    ]) {
      const found = rowsOf(pngFile(header, ...chunks));
      assert.deepEqual(found.rows, turned);
      assert.match(found.notes, /rotated upright/);
    }
  }
  for (const block of [exif(1), exif(0), exif(9), new Uint8Array(3), Buffer.from("Exif\0\0II")])
    assert.deepEqual(rowsOf(pngFile(header, pngChunk("eXIf", block), pixels)).rows, rows);
});

test("the camera's orientation turns a WebP, lossy and lossless", () => {
  for (const name of ["WebP, lossy", "WebP, lossless"]) {
    const plain = fileOf(name);
    const upright = decodeImage(plain, name).image;
    const bitstream = plain.subarray(12);
    const chunk = (type: string, body: Uint8Array): Buffer => {
      const start = Buffer.alloc(8);
      start.write(type, 0, "latin1");
      start.writeUInt32LE(body.length, 4);
      return Buffer.concat([start, body, Buffer.alloc(body.length & 1)]);
    };
    const extended = Buffer.alloc(10);
    extended[0] = 0b1000;
    extended.writeUIntLE(upright.width - 1, 4, 3);
    extended.writeUIntLE(upright.height - 1, 7, 3);
    for (const block of [exif(3), withHeader(exif(3, "MM"))]) {
      const chunks = Buffer.concat([chunk("VP8X", extended), bitstream, chunk("EXIF", block)]);
      const size = Buffer.alloc(4);
      size.writeUInt32LE(chunks.length + 4);
      const file = new Uint8Array(Buffer.concat([Buffer.from("RIFF"), size, Buffer.from("WEBP"), chunks]));
      const { image, notes } = decodeImage(file, name);
      const last = upright.data.length - 3;
      assert.deepEqual(image.data.slice(0, 3), upright.data.slice(last), "turned by half a circle");
      assert.match(notes.join(), /rotated upright/);
    }
  }
});

test("any flipped bit of a PNG is refused, and not decoded to other pixels", () => {
  const palette = pngChunk(
    "PLTE",
    Uint8Array.from({ length: 12 }, (_, i) => i * 20),
  );
  const indexed = pngFile(
    pngHeader(3, 2, 8, 3),
    palette,
    pngChunk("tRNS", Uint8Array.of(255, 128)),
    pngChunk("tEXt", Buffer.from("Comment\0x")),
    pngChunk("IDAT", deflateSync(Uint8Array.of(0, 0, 1, 2, 0, 3, 2, 1))),
  );
  decodeImage(indexed, "picture");
  for (let bit = 64; bit < indexed.length * 8; bit++) {
    const flipped = indexed.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    refused(flipped, /checksum|truncated|begin with its header|over the limit/, "file");
  }
});

test("a PNG that could be two pictures is refused", () => {
  const other = pngHeader(3, 1, 8, 0);
  const palette = pngChunk("PLTE", new Uint8Array(3));
  refused(pngFile(header, other, pixels), /two IHDR/);
  refused(pngFile(header, pixels, other), /two IHDR/);
  refused(pngFile(header, palette, palette, pixels), /two PLTE/);
  refused(
    pngFile(header, pngChunk("tRNS", new Uint8Array(2)), pngChunk("tRNS", new Uint8Array(2)), pixels),
    /two tRNS/,
  );
  refused(pngFile(header, pixels, pngChunk("tEXt", new Uint8Array()), pixels), /interrupted/);
  refused(pngFile(header, pngChunk("LENS", new Uint8Array(4)), pixels), /needs its LENS chunk/);
});

test("an animated PNG shows its default image, and says so", () => {
  const found = rowsOf(pngFile(header, pngChunk("acTL", new Uint8Array(8)), pixels));
  assert.deepEqual(found.rows, rows);
  assert.match(found.notes, /animation/);
});

test("stray bytes between the segments of a JPEG are passed over, as libjpeg does", () => {
  for (const name of ["JPEG", "JPEG, progressive", "JPEG, EXIF orientation 6"]) {
    const plain = fileOf(name);
    const table = plain.findIndex((byte, i) => i > 2 && byte === 0xff && plain[i + 1] === 0xdb);
    for (const stray of [[0], [1, 2, 3], [0xff, 0x00, 7], [0xff, 0xff]]) {
      const file = new Uint8Array([...plain.slice(0, table), ...stray, ...plain.slice(table)]);
      const { image, notes } = decodeImage(file, name);
      assert.deepEqual(image, decodeImage(plain, name).image, `${name}, ${stray}`);
      if (stray[0] !== 0xff) assert.match(notes.join(), /repaired/);
    }
  }
});

test("a JPEG of an unusual coding is called by it, and not damaged", () => {
  const plain = fileOf("JPEG");
  const frame = plain.findIndex((byte, i) => i > 2 && byte === 0xff && plain[i + 1] === 0xc0);
  for (const [marker, what] of [
    [0xc9, /arithmetic/],
    [0xca, /arithmetic/],
    [0xcd, /arithmetic/],
    [0xc3, /lossless/],
    [0xc5, /hierarchical/],
  ] as const) {
    const file = plain.slice();
    file[frame + 1] = marker;
    refused(file, what, "unsupported");
  }
  const deep = plain.slice();
  deep[frame + 4] = 12;
  refused(deep, /12 bits/, "unsupported");
});
