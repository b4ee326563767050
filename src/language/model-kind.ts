/** Model files by what they hold, as their names say; what a file really is, the engine judges from its bytes. */
const endings = { picture: ["onnx"], text: ["gguf", "safetensors"] } as const;

export type ModelKind = keyof typeof endings;

const anyEnding = new RegExp(`\\.(${Object.values(endings).flat().join("|")})$`, "i");
const anywhere = new RegExp(anyEnding.source.slice(0, -1), "i");

export const modelKind = (file: string): ModelKind | undefined => {
  const ending = anyEnding.exec(file)?.[1]!.toLowerCase();
  return ending === undefined ? undefined : (Object.keys(endings) as ModelKind[]).find((kind) => (endings[kind] as readonly string[]).includes(ending));
};

/** Whether a text may name a model at all: cheaper than looking for strings in it. */
export const mayNameModel = (text: string): boolean => anywhere.test(text);
