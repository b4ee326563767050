import type { Value } from "../../../graph/builder.ts";
import { formatShape } from "../../../tensor/shape.ts";
import type { Law, LayerCall } from "./layer-call.ts";

const methods: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>> = {
  nearest: { mode: "nearest", coordinate_transformation_mode: "half_pixel", nearest_mode: "round_prefer_ceil" },
  bilinear: { mode: "linear", coordinate_transformation_mode: "half_pixel" },
  // TensorFlow: Keys's kernel with a = −1/2, and weights outside the picture left out.
  bicubic: { mode: "cubic", coordinate_transformation_mode: "half_pixel", cubic_coeff_a: -0.5, exclude_outside: true },
};

/** Another size of the places of [batch, channels, rows, columns]. Pixels are squares whose centres are half a pixel in. */
export function resized(c: LayerCall, x: Value, size: readonly number[], interpolation: string): Value {
  const method = Object.hasOwn(methods, interpolation)
    ? methods[interpolation]!
    : c.refuse(`its interpolation "${interpolation}" is not supported`);
  if (size.some((extent) => extent < 1 || extent > 2 ** 16)) c.refuse(`its size ${formatShape(size)} is out of range`);
  return c.apply("Resize", [x], { ...method, sizes: [...x.shape.slice(0, 2), ...size] });
}

/** Each place `size` times along each axis. */
function repeated(c: LayerCall, x: Value, size: readonly number[]): Value {
  if (size.some((times) => times < 1 || times > 4096)) c.refuse(`its size ${formatShape(size)} is out of range`);
  if (size.length === 2) {
    return c.apply("Resize", [x], {
      mode: "nearest",
      coordinate_transformation_mode: "asymmetric",
      nearest_mode: "floor",
      scales: [1, 1, ...size],
    });
  }
  const [batch, channels, ...places] = x.shape;
  const apart = c.b.reshape(x, [batch!, channels!, ...places.flatMap((extent) => [extent, 1])]);
  const spread = c.b.expand(apart, [batch!, channels!, ...places.flatMap((extent, i) => [extent, size[i]!])]);
  return c.b.reshape(spread, [batch!, channels!, ...places.map((extent, i) => extent * size[i]!)]);
}

const upSampling =
  (rank: number): Law =>
  (c) => {
    const x = c.image;
    if (x.shape.length !== rank + 2)
      c.refuse(`its input ${formatShape(c.shape)} has not the ${rank + 2} axes that it needs`);
    const size = c.config.perAxis("size", rank, 2);
    const interpolation = c.config.text("interpolation", "nearest");
    if (interpolation === "nearest") return c.asImage(repeated(c, x, size));
    return c.asImage(
      resized(
        c,
        x,
        size.map((times, i) => times * x.shape[i + 2]!),
        interpolation,
      ),
    );
  };

const resizing: Law = (c) => {
  if (c.config.flag("crop_to_aspect_ratio", false) || c.config.flag("pad_to_aspect_ratio", false))
    c.refuse("it keeps the aspect ratio, which is not supported", "Give the network pictures of its own size.");
  if (c.config.flag("antialias", false)) c.refuse("it resizes with antialiasing, which is not supported");
  const size = [c.config.integer("height"), c.config.integer("width")];
  if (c.image.shape.length !== 4) c.refuse(`its input ${formatShape(c.shape)} is no batch of pictures`);
  return c.asImage(resized(c, c.image, size, c.config.text("interpolation", "bilinear")));
};

/** The middle of the picture; a smaller one is first enlarged so that the middle exists. */
const centerCrop: Law = (c) => {
  const x = c.image;
  const [rows, columns] = x.shape.slice(2) as [number, number];
  const [height, width] = [c.config.integer("height"), c.config.integer("width")];
  if (height < 1 || width < 1 || x.shape.length !== 4) c.refuse("its size or its input is out of range");
  if (rows >= height && columns >= width)
    return c.asImage(cropped(c, x, Math.floor((rows - height) / 2), Math.floor((columns - width) / 2), height, width));
  // As Keras's smart_resize: crop to the wanted aspect ratio, then resize.
  const cropHeight = Math.min(rows, Math.floor((columns * height) / width));
  const cropWidth = Math.min(columns, Math.floor((rows * width) / height));
  const middle = cropped(
    c,
    x,
    Math.floor((rows - cropHeight) / 2),
    Math.floor((columns - cropWidth) / 2),
    cropHeight,
    cropWidth,
  );
  return c.asImage(resized(c, middle, [height, width], "bilinear"));
};

const cropped = (c: LayerCall, x: Value, top: number, left: number, height: number, width: number): Value =>
  c.b.slice(x, [2, 3], [top, left], [top + height, left + width]);

export const resizings: Readonly<Record<string, Law>> = {
  UpSampling1D: upSampling(1),
  UpSampling2D: upSampling(2),
  UpSampling3D: upSampling(3),
  Resizing: resizing,
  CenterCrop: centerCrop,
};
