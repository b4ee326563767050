const scale = 2;

/** The SVG that the engine wrote, as a PNG of twice its size. */
export async function pngOfSvg(svg: Uint8Array): Promise<Uint8Array> {
  const url = URL.createObjectURL(new Blob([new Uint8Array(svg)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = new OffscreenCanvas(image.naturalWidth * scale, image.naturalHeight * scale);
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
  } finally {
    URL.revokeObjectURL(url);
  }
}
