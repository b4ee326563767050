import { isMap, isScalar, isSeq, parseDocument, type Scalar } from "yaml";

/** The keys of an input that name a file. Generated datasets have no path to change. */
const pathKeys = ["file", "folder", "mask", "data", "photographs"];

/** Rewrites the paths of an experiment's model and inputs. Comments and order stay. */
export function rebase(text: string, rename: (file: string) => string): string {
  const document = parseDocument(text);
  const change = (node: unknown): void => {
    if (isScalar(node) && typeof node.value === "string") (node as Scalar).value = rename(node.value);
  };
  change(document.get("model", true));
  const inputs = document.get("inputs", true);
  if (isSeq(inputs)) {
    for (const item of inputs.items) {
      change(item);
      if (isMap(item)) for (const key of pathKeys) change(item.get(key, true));
    }
  }
  return document.toString({ lineWidth: 0 });
}
