import { imageInput } from "../data/image/conventions.ts";
import type { Entry, InputAxis } from "../protocol/contract.ts";
import type { Port, SymbolicExtent } from "../formats/imported.ts";
import { assumed, known } from "./evidence.ts";

/** What the axes of a picture mean, by its layout. */
const pictureAxes = {
  NCHW: ["batch", "channel", "row", "column"],
  NHWC: ["batch", "row", "column", "channel"],
} as const;

/** What the axes of an input mean, and why those that the file leaves free have their sizes. */
export function inputAxes(port: Port, chosen: string | undefined): Entry<readonly InputAxis[]> {
  return axesOf(port, imageInput(port.shape)?.layout, chosen);
}

function axesOf(
  port: Port,
  layout: "NCHW" | "NHWC" | undefined,
  chosen: string | undefined,
): Entry<readonly InputAxis[]> {
  const meanings: readonly string[] | undefined = layout && pictureAxes[layout];
  const axes = port.shape.map((size, axis): InputAxis => ({
    means: meanings?.[axis] ?? (axis === 0 && port.shape.length > 1 ? "batch" : `axis ${axis}`),
    size,
    free: freeName(port.symbolicShape?.[axis], `${port.name}:${axis}`, axis),
  }));
  const free = axes.filter(({ free: name, means }) => name !== undefined && means !== "batch");
  const words =
    meanings === undefined
      ? "The file gives the sizes; it does not say what the axes mean."
      : `One of the axes has ${layout === "NCHW" ? port.shape[1] : port.shape[3]} values, as the colours of a picture have.`;
  if (free.length === 0) return (meanings ? known : assumed)(axes, "file", words);
  const sizes = free.map(({ size }) => size).join(" × ");
  return assumed(
    axes,
    "usual",
    `${words} It leaves ${free.map(({ free: name }) => name).join(" and ")} free: ${chosen ?? `${sizes} was chosen.`}`,
  );
}

/** A size that the file leaves open, by its symbol; a leading 0 is how some exporters write a free batch. */
const freeName = (extent: SymbolicExtent, fallback: string, axis: number): string | undefined => {
  if (typeof extent === "number") return extent === 0 && axis === 0 ? fallback : undefined;
  return extent === undefined || extent === "" ? fallback : extent;
};
