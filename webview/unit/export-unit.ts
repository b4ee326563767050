import type { MessageConnection } from "vscode-jsonrpc/browser";
import { copyText, saveAsExperiment, saveFile } from "../../src/protocol/panel.ts";
import type { RgbPicture, VisualizationResult } from "../../src/protocol/visualization.ts";
import type { ExportKind } from "./Toolbar.tsx";

/** Writes or copies what is asked; says what was done, or nothing where the dialog was closed. */
export async function exportUnit(
  connection: MessageConnection,
  kind: ExportKind,
  result: VisualizationResult,
  stem: string,
): Promise<string> {
  if (kind === "command") {
    await connection.sendRequest(copyText, { text: result.code.cli });
    return "The command is on the clipboard.";
  }
  const name = stem.replace(/[^\w.-]+/g, "-");
  if (kind === "experiment") {
    const file = await connection.sendRequest(saveAsExperiment, {
      experiment: result.code.experiment ?? "",
      suggestedName: `${name}.glassbox.yaml`,
    });
    return file === null ? "" : `Saved as ${file}.`;
  }
  const bytes =
    kind === "png"
      ? await png(result.data.images[0]!.picture)
      : new TextEncoder().encode(`${JSON.stringify(withoutPixels(result), null, 1)}\n`);
  const saved = await connection.sendRequest(saveFile, { suggestedName: `${name}.${kind}`, bytes });
  return saved === null ? "" : `Saved as ${saved}.`;
}

const withoutPixels = (result: VisualizationResult): unknown => ({
  ...result,
  data: {
    ...result.data,
    images: result.data.images.map(({ picture: { width, height }, ...rest }) => ({ width, height, ...rest })),
  },
});

async function png({ width, height, rgb }: RgbPicture): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(width, height);
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) rgba.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
  canvas.getContext("2d")!.putImageData(new ImageData(rgba, width, height), 0, 0);
  return new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
}
