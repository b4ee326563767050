/** Transparent pixels are composited on white, as image viewers show them; their hidden colour is never used. */
export const backgroundNote = "Transparent parts were composited on white.";

/** RGBA to RGB on white: c·α + 255·(1 − α), rounded. `opaque` is true if every pixel has α = 255. */
export function compositeOnWhite(rgba: Uint8Array): { readonly data: Uint8Array; readonly opaque: boolean } {
  const data = new Uint8Array((rgba.length / 4) * 3);
  let opaque = true;
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    const alpha = rgba[from + 3]!;
    opaque &&= alpha === 255;
    for (let channel = 0; channel < 3; channel++) {
      data[to + channel] =
        alpha === 255 ? rgba[from + channel]! : Math.round((rgba[from + channel]! * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return { data, opaque };
}
