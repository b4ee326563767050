import type { OpenedGraph } from "../open.ts";
import { fileSource, type ByteSource } from "../source.ts";
import { readH5 } from "./containers/h5.ts";
import { readKerasZip } from "./containers/keras-zip.ts";
import { importKeras, type KerasModel } from "./import.ts";

type Container = (source: ByteSource) => Promise<KerasModel & { close(): void }>;

/** Opens a model file: its description is read at once, its weights when they are needed. */
const opener =
  (read: Container) =>
  async (file: string): Promise<OpenedGraph> => {
    const source = fileSource(file);
    try {
      const model = await read(source);
      return {
        bytes: source.size,
        importWith: (sizes, hash) => importKeras(model, sizes, hash),
        close() {
          model.close();
          source.close();
        },
      };
    } catch (error) {
      source.close();
      throw error;
    }
  };

export const openKerasH5 = opener(readH5);
export const openKerasZip = opener(readKerasZip);
