import { analysis } from "../../src/methods/analysis.ts";
import { toggle } from "../../src/methods/option.ts";
import { toFloat64 } from "../../src/tensor/tensor.ts";

const quadrants = ["top left", "top right", "bottom left", "bottom right"] as const;

/** The mean of the model's input in each quarter of the picture, for each channel: as small as an analysis can be. */
export const quadrantMeans = analysis("quadrant-means", {
  family: "inspection",
  title: "Quadrant means",
  summary: "The mean of the model's input in each quarter of the picture.",
  cost: "none",
  paper: undefined,
  takes: "picture",
  gives: "grid",
  needsTarget: false,
  options: { magnitude: toggle(false, { label: "Magnitude", description: "The mean of the magnitudes instead." }) },
  async *run({ input, options }) {
    const [, channels, height, width] = input.shape as [number, number, number, number];
    const values = toFloat64(input);
    const sums = new Float64Array(channels * quadrants.length);
    for (let i = 0; i < values.length; i++) {
      const [x, y, channel] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
      const at = channel * quadrants.length + (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
      sums[at] = sums[at]! + (options.magnitude ? Math.abs(values[i]!) : values[i]!);
    }
    const quarter = (height * width) / quadrants.length;
    return {
      data: {
        kind: "grid",
        quantity: options.magnitude ? "mean magnitude" : "mean",
        unit: "",
        rowAxis: "channel",
        columnAxis: "quadrant",
        rows: Array.from({ length: channels }, (_, channel) => String(channel)),
        columns: quadrants,
        cells: sums.map((sum) => sum / quarter),
        signed: true,
      },
      certificate: [],
    };
  },
});
