import type { DeclaredPort, OpenedGraph } from "../open.ts";
import { hashSource } from "../hash-source.ts";
import { fileSource, type ByteSource } from "../source.ts";
import { readH5 } from "./containers/h5.ts";
import { readKerasZip } from "./containers/keras-zip.ts";
import { fedValuesOf } from "./fed-values.ts";
import { importKeras, type KerasModel } from "./import.ts";
import { inputsOf } from "./inputs.ts";

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
        declared: declaredBy(model),
        fedValues: (input) => fedValuesOf(model, input),
        sha256: () => hashSource(source),
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

/** The inputs as the model's description has them. */
export const declaredBy = ({ model }: KerasModel): readonly DeclaredPort[] =>
  inputsOf(model).map(({ name, shape, dtype }) => ({ name, shape, elementType: dtype }));

export const openKerasH5 = opener(readH5);
export const openKerasZip = opener(readKerasZip);
