import path from "node:path";
import { csv } from "../../answers/csv.ts";
import { OutputFolder } from "../../files/output-folder.ts";
import { proceduralDataset, readProceduralReference } from "../../data/datasets/procedural.ts";
import { encodeImage, encodePng } from "../../data/image/encode-png.ts";
import { maskOf, renderProcedural } from "../../data/procedural/image-set.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-code.ts";

const defaultSide = 224;

/** Writes the procedural pictures as files, with their labels and the exact mask of each shape. */
export const picturesCommand: Command = {
  name: "pictures",
  summary:
    "Write procedural pictures, their labels and their exact masks to a folder. probe, explain and other programs can read it.",
  usage: "<procedural[:<count>[:<seed>]]> --out <folder> [flags]",
  positionals: ["pictures"],
  flags: {
    out: {
      kind: "text",
      value: "<folder>",
      description: "Write to this folder: <n>.png, <n>.mask.png (white where the shape is) and labels.csv.",
    },
    side: {
      kind: "text",
      value: "<pixels>",
      description: `The height and width of each picture. Default: ${defaultSide}. With the model's own size, the pixels equal those that probe draws.`,
    },
  },
  async run({ given, say, token }) {
    const reference = given.positionals[0]!;
    const recipe = readProceduralReference(reference);
    if (recipe === undefined)
      throw new GlassboxError("option", `${reference} is not a valid procedural set`, {
        hint: "Write procedural or procedural:<count>:<seed>, e.g. procedural:2000:0.",
      });
    const folder = given.text("out");
    if (folder === undefined)
      throw new GlassboxError("option", "--out is missing", { hint: "Name the folder to write to: --out <folder>." });
    const side = Number(given.text("side") ?? defaultSide);
    if (!(Number.isInteger(side) && side >= 16 && side <= 1024))
      throw new GlassboxError("option", `--side is ${given.text("side")}`, {
        hint: "The side must be a whole number from 16 to 1024.",
      });
    const { count, labels, description } = proceduralDataset(recipe);
    const size = { width: side, height: side };
    const rows = [["path", ...labels.keys()]];
    const output = new OutputFolder(folder, { kind: "files" });
    const digits = String(count - 1).length;
    let written = 0;
    for (; written < count && !token.isCancellationRequested; written++) {
      const name = String(written).padStart(digits, "0");
      output.write(`${name}.png`, encodeImage(renderProcedural(recipe, written, size)));
      output.write(
        `${name}.mask.png`,
        encodePng(
          side,
          side,
          1,
          maskOf(recipe, written, size).map((inside) => 255 * inside),
        ),
      );
      rows.push([`${name}.png`, ...[...labels.values()].map(({ classes, values }) => classes[values[written]!]!)]);
      // Lets Ctrl+C be handled.
      if (written % 20 === 0) await new Promise(setImmediate);
    }
    const table = path.join(folder, "labels.csv");
    output.write("labels.csv", csv(rows));
    say(`${description} Written: ${written} pictures with masks, and ${table}.`);
    say(`  glassbox probe <model> --data ${table}`);
    return written < count ? exitCodes.cancelled : exitCodes.done;
  },
};
