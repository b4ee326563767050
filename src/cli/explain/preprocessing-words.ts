import { conventionOf } from "../../data/image/conventions.ts";
import type { Preprocessing } from "../../data/image/preprocessing.ts";
import type { PreparedInput } from "../../protocol/engine.ts";

/** How the photograph became the input, as facts with their names. */
export function preprocessingFacts({
  resize,
  crop,
  range,
  mean,
  std,
  channelOrder,
  layout,
  reason,
}: Preprocessing): readonly (readonly [name: string, value: string])[] {
  const cut = crop ? `, centre crop ${crop.width} × ${crop.height}` : "";
  const size =
    resize === null
      ? "as it is"
      : resize.mode === "exact"
        ? `${resize.size[1]} × ${resize.size[0]}`
        : `shorter side ${resize.size}`;
  return [
    ["size", size + cut],
    ...(resize ? [["filter", `${resize.filter}, antialiased`] as const] : []),
    ["colour", `${channelOrder}, ${range[0]} to ${range[1]}`],
    ["mean", mean.join(", ")],
    ["deviation", std.join(", ")],
    ["layout", layout],
    ["why", reason],
  ];
}

/** A warning if the preprocessing is uncertain, with the other conventions and the flag that chooses one. */
export function preprocessingWarning({ sure, preprocessing, alternatives }: PreparedInput): string | undefined {
  if (sure || preprocessing === undefined) return undefined;
  const used = conventionOf(preprocessing);
  const others = alternatives.flatMap(({ title, preprocessing: other }) => {
    const convention = conventionOf(other);
    return convention === undefined || convention.name === used?.name ? [] : [`${convention.name} (${title})`];
  });
  return [
    `the preprocessing of this model is not known for certain. Used: ${used ? `${used.name} (${used.title})` : "the values below"}. ${preprocessing.reason}`,
    others.length ? `If the prediction looks wrong, choose another with --preprocessing: ${others.join("; ")}.` : "",
  ]
    .filter(Boolean)
    .join(" ");
}
