import { createHash } from "node:crypto";
import path from "node:path";
import { openNpz } from "../../formats/numpy/npz.ts";
import { fileSource } from "../../formats/source.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { sizeOf } from "../../tensor/shape.ts";
import { castTensor, toFloat64, toNumbers } from "../../tensor/tensor.ts";
import { labelColumn, numbered, splitFromWords, type Dataset } from "./dataset.ts";

/** An .npz archive with `X` [row, …], the model's input, and `y` [row]. Optional arrays are `groups` and `test` (0 or 1), both [row]. */
export function arraysDataset(file: string, mostBytes = Infinity): Dataset {
  const source = fileSource(file);
  try {
    const archive = openNpz(source, mostBytes);
    const read = (name: string): ReturnType<typeof archive.read> | undefined =>
      archive.names.includes(name) ? archive.read(name) : undefined;
    const values = archive.read(archive.names.includes("X") ? "X" : "x");
    const y = archive.read("y");
    const count = values.shape[0] ?? 0;
    const column = (name: string, value: typeof y): readonly string[] => {
      if (value.shape.length !== 1 || value.shape[0] !== count) {
        throw new GlassboxError("input", `${name} is [${value.shape.join(", ")}], but X has ${count} rows`, {
          where: file,
          hint: `${name} must have one number per row.`,
        });
      }
      return toNumbers(value).map(String);
    };
    const tensor = castTensor(values, "float32");
    const numbers = tensor.data as Float32Array;
    const bad = numbers.findIndex((number) => !Number.isFinite(number));
    if (count < 2 || bad >= 0)
      throw new GlassboxError(
        "input",
        count < 2 ? "X has fewer than two rows" : `X holds ${toFloat64(values)[bad]}, which is no number in float32`,
        { where: file },
      );
    const words = column("y", y);
    const label = labelColumn("y", words);
    const [groups, test] = [read("groups"), read("test")];
    const width = sizeOf(tensor.shape.slice(1));
    const hash = createHash("sha256").update(
      JSON.stringify([
        tensor.shape,
        words,
        groups ? column("groups", groups) : null,
        test ? column("test", test) : null,
      ]),
    );
    const contentOf = Array.from({ length: count }, (_, row) =>
      digest(tensor.data.subarray(row * width, (row + 1) * width) as Float32Array),
    );
    for (const each of contentOf) hash.update(each);
    return {
      reference: file,
      title: path.basename(file),
      description: `${count} rows of [${tensor.shape.slice(1).join(", ")}], ${label.classes.length} classes.`,
      hash: hash.digest("hex"),
      count,
      labels: new Map([["y", label]]),
      samples: { kind: "tensors", values: tensor },
      nameOf: (row) => `row ${row}`,
      contentOf,
      groups: groups && numbered(column("groups", groups)),
      givenSplit: test && splitFromWords(column("test", test).map((flag) => (flag === "0" ? "train" : "test"))),
    };
  } finally {
    source.close();
  }
}

const digest = (row: Float32Array): string =>
  createHash("sha256")
    .update(new Uint8Array(row.buffer, row.byteOffset, row.byteLength))
    .digest("hex");
