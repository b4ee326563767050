import fs from "node:fs";
import path from "node:path";
import { encodeImage } from "../../data/image/encode-png.ts";
import { image } from "../../data/image/image.ts";
import { unitObjective as objectiveOf } from "../../protocol/prompt-text.ts";
import { openModel } from "../../protocol/engine.ts";
import {
  usualSteps,
  usualVisualizeOptions,
  visualize,
  type VisualizationResult,
  type VisualizeEvent,
  type VisualizeOptions,
  type VisualizeOutcome,
} from "../../protocol/visualization.ts";
import { GlassboxError } from "../../tensor/errors.ts";
import { nearest } from "../../tensor/nearest.ts";
import { checkWords } from "../check-line.ts";
import type { Command, Session } from "../command.ts";
import { exitCodes } from "../exit-code.ts";
import { engineFlags, type Arguments } from "../flags.ts";
import { ProgressLine } from "../progress-line.ts";
import { readPreprocessing } from "../explain/read-preprocessing.ts";

/** Grows the picture that a unit looks for. */
export const visualizeCommand: Command = {
  name: "visualize",
  summary: "Grow the picture that excites a unit most, and say whether to believe it.",
  usage: "<model> --unit <site>:<channel> [flags]",
  positionals: ["model"],
  flags: {
    unit: {
      kind: "text",
      value: "<site>:<channel>",
      description:
        "A channel of a site; repeat it, or separate several by commas. List the sites with: glassbox sites <model>.",
    },
    objective: {
      kind: "text",
      value: "<expression>",
      description: "What to grow for, in place of a unit, e.g. 'channel(\"blocks.5\", 20) - 0.2*diversity'.",
    },
    preset: {
      kind: "text",
      value: "<name>",
      description: "glassbox (default), lucid, or pixel: plain ascent on pixels, to compare.",
    },
    size: {
      kind: "text",
      value: "<pixels>",
      description: `Rows and columns of the picture. Default: ${usualVisualizeOptions.size}.`,
    },
    steps: {
      kind: "text",
      value: "<count>",
      description: `Steps of the optimiser. Default: the preset's, ${usualSteps.glassbox}; ${usualSteps.lucid} of lucid.`,
    },
    batch: {
      kind: "text",
      value: "<count>",
      description:
        "Pictures of each objective, from different noise. Default: 1; 4 where the objective names diversity.",
    },
    seed: { kind: "text", value: "<number>", description: "Equal seeds give equal pictures. Default: 0." },
    "learning-rate": { kind: "text", value: "<rate>", description: "Of Adam. Default: the preset's, 0.05." },
    "total-variation": {
      kind: "text",
      value: "<weight>",
      description: "Weight of the mean difference of neighbouring pixels. Default: 0.",
    },
    l2: {
      kind: "text",
      value: "<weight>",
      description: "Weight of the mean squared distance from middle grey. Default: 0.",
    },
    range: {
      kind: "text",
      value: "<name>",
      description:
        "What takes colours into their range: sigmoid (default), or soft, from which a saturated pixel can come back.",
    },
    portable: {
      kind: "switch",
      description:
        "The same picture on every machine: computed in WebAssembly, which rounds alike on every processor and takes about ten times as long.",
    },
    images: {
      kind: "text",
      value: "<folder>",
      description:
        "Real pictures to compare with, at most 200, spread over the folder. Default: three sample photographs.",
    },
    preprocessing: {
      kind: "text",
      value: "<name|file>",
      description:
        "How pictures become the input: a convention or a JSON file. Default: as the file beside the model says, else detected.",
    },
    out: {
      kind: "text",
      value: "<folder>",
      description: "Where the files go. Default: glassbox-report/units-<model>.",
    },
    json: { kind: "switch", description: "Print one JSON document instead of words." },
    ...engineFlags,
  },
  async run(session) {
    const { given, say, remark } = session;
    const outcome = await grown(session);
    const folder =
      given.text("out") ??
      path.join("glassbox-report", `units-${path.basename(given.positionals[0]!).replace(/\.[^.]+$/, "")}`);
    const files = writeFiles(folder, outcome.results);
    if (given.on("json")) say(JSON.stringify({ results: outcome.results.map(withoutPixels), files }, null, 1));
    else {
      for (const { data, certificate, code } of outcome.results) {
        say(data.objective);
        for (const check of certificate) say(`  ${checkWords(check)}`);
        say(`  ${code.cli}`);
      }
      for (const line of ["", "Written:", ...files.map((file) => `  ${file}`)]) say(line);
    }
    if (outcome.cancelled) remark("Stopped; ask again to go on from there.");
    return outcome.cancelled ? exitCodes.cancelled : exitCodes.done;
  },
};

async function grown({ given, engine, token }: Session): Promise<VisualizeOutcome> {
  const model = path.resolve(given.positionals[0]!);
  const objectives = [
    ...given.list("unit").map(unitObjective),
    ...(given.text("objective") === undefined ? [] : [given.text("objective")!]),
  ];
  if (objectives.length === 0)
    throw new GlassboxError("option", "no unit is named", {
      hint: "Add --unit <site>:<channel>, for example --unit blocks.5:20.",
    });
  const progress = new ProgressLine(process.stderr);
  try {
    progress.wait("Opening the model …");
    const card = await engine.request(openModel, { model }, token);
    for (const unit of given.list("unit")) {
      const site = unit.slice(0, unit.lastIndexOf(":"));
      if (!card.sites.some(({ name }) => name === site)) {
        const near = nearest(
          site,
          card.sites.map(({ name }) => name),
        );
        throw new GlassboxError("option", `the model has no site named ${site}`, {
          hint: `${near ? `Did you mean ${near}? ` : ""}List them with: glassbox sites <model>.`,
        });
      }
    }
    const word = given.text("preprocessing");
    const photographs = given.text("images");
    const params = {
      job: `cli-${process.pid}`,
      model,
      objectives,
      options: optionsOf(given, objectives),
      ...(photographs !== undefined && { photographs: path.resolve(photographs) }),
      ...(word !== undefined && { preprocessing: readPreprocessing(word, card) }),
    };
    const hear = (_kind: string, event: unknown): void =>
      progress.update("Growing", (event as VisualizeEvent).progress);
    return (await engine.forwardJob(visualize.method, params, hear, token)) as VisualizeOutcome;
  } finally {
    progress.clear();
  }
}

function unitObjective(unit: string): string {
  const objective = objectiveOf(unit);
  if (objective === undefined)
    throw new GlassboxError("option", `"${unit}" names no unit`, {
      hint: "Write <site>:<channel>, for example blocks.5:20.",
    });
  return objective;
}

function optionsOf(given: Arguments, objectives: readonly string[]): VisualizeOptions {
  const number = (flag: string, fallback: number): number => {
    const text = given.text(flag);
    if (text !== undefined && (text.trim() === "" || !Number.isFinite(Number(text))))
      throw new GlassboxError("option", `--${flag} is ${text}`, { hint: "It must be a number." });
    return text === undefined ? fallback : Number(text);
  };
  const usual = usualVisualizeOptions;
  const preset = given.text("preset") ?? usual.preset;
  if (preset !== "glassbox" && preset !== "lucid" && preset !== "pixel")
    throw new GlassboxError("option", `there is no preset ${preset}`, {
      hint: "The presets are: glassbox, lucid, pixel.",
    });
  const range = given.text("range") ?? usual.range;
  if (range !== "sigmoid" && range !== "soft")
    throw new GlassboxError("option", `there is no range ${range}`, { hint: "The ranges are: sigmoid, soft." });
  return {
    preset,
    size: number("size", usual.size),
    steps: number("steps", usualSteps[preset]),
    images: number("batch", objectives.some((text) => text.includes("diversity")) ? 4 : usual.images),
    seed: number("seed", usual.seed),
    learningRate: number("learning-rate", usual.learningRate),
    totalVariation: number("total-variation", usual.totalVariation),
    l2: number("l2", usual.l2),
    range,
    portable: given.on("portable") === true,
  };
}

/** One PNG a picture, and one JSON document of everything else. */
function writeFiles(folder: string, results: readonly VisualizationResult[]): string[] {
  fs.mkdirSync(folder, { recursive: true });
  const files: string[] = [];
  const write = (name: string, contents: Uint8Array | string): void => {
    files.push(path.join(folder, name));
    fs.writeFileSync(files.at(-1)!, contents);
  };
  const stems = new Map<string, number>();
  for (const result of results) {
    const plain = result.data.objective
      .replace(/[^\w.-]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 80);
    const repeat = stems.get(plain) ?? 0;
    stems.set(plain, repeat + 1);
    const stem = repeat ? `${plain}-${repeat + 1}` : plain;
    result.data.images.forEach(({ picture }, i) =>
      write(
        `${stem}${result.data.images.length > 1 ? `-${i + 1}` : ""}.png`,
        encodeImage(image(picture.width, picture.height, picture.rgb)),
      ),
    );
    write(`${stem}.json`, `${JSON.stringify(withoutPixels(result), null, 1)}\n`);
  }
  return files;
}

/** The pixels are in the PNG files. */
const withoutPixels = (result: VisualizationResult): unknown => ({
  ...result,
  data: {
    ...result.data,
    images: result.data.images.map(({ picture: { width, height }, ...rest }) => ({ width, height, ...rest })),
  },
});
