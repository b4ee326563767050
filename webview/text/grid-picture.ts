/** A grid of the page as it is seen, as the bytes of a PNG. */
export async function gridPicture(name: string): Promise<Uint8Array> {
  const canvas = document.querySelector<HTMLCanvasElement>(`[data-grid="${name}"]`);
  const blob = await new Promise<Blob | null>((resolve) =>
    canvas ? canvas.toBlob(resolve, "image/png") : resolve(null),
  );
  return new Uint8Array((await blob?.arrayBuffer()) ?? []);
}
