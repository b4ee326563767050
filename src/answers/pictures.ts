import type { AnswerKind } from "./kind.ts";

/** Pictures with captions. Their PNG files are next to the answer's JSON, which names them. */
export const pictures: AnswerKind<"pictures"> = {
  readings: [
    ["count", "How many pictures there are."],
    ["pictures.1.name", "The name of the first picture; also caption."],
  ],
  read: (data, { name }) => (name === "count" ? data.pictures.length : undefined),
  headline: (data) => `${data.pictures.length} ${data.pictures.length === 1 ? "picture" : "pictures"}`,
  lines: (data) => data.pictures.map(({ name, caption }) => `${name}  ${caption}`.trimEnd()),
  formats: {},
};
