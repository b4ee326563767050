import { identify, type FileKind } from "./kind.ts";
import { fileSource } from "./source.ts";

/** What a file's bytes say that it is; its name may be wrong. */
export function identifyFile(file: string): FileKind {
  const source = fileSource(file);
  try {
    return identify(source);
  } finally {
    source.close();
  }
}
