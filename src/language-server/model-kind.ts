import { MODEL_ENDINGS } from "../protocol/model-files.ts";

export type ModelKind = keyof typeof MODEL_ENDINGS;

const anyEnding = new RegExp(
  `(${Object.values(MODEL_ENDINGS)
    .flat()
    .map((ending) => ending.replace(".", "\\."))
    .join("|")})$`,
  "i",
);
const anywhere = new RegExp(anyEnding.source.slice(0, -1), "i");

export const modelKind = (file: string): ModelKind | undefined => {
  const ending = anyEnding.exec(file)?.[0].toLowerCase();
  return ending === undefined
    ? undefined
    : (Object.keys(MODEL_ENDINGS) as ModelKind[]).find((kind) =>
        (MODEL_ENDINGS[kind] as readonly string[]).includes(ending),
      );
};

/** Whether a text may name a model. It is a cheap test before searching for strings. */
export const mayNameModel = (text: string): boolean => anywhere.test(text);
