import { endingsFor, type ModelSubject } from "../formats/table.ts";

/** Model files by the subject they take, guessed from the file extension. Importers decide by the bytes. */
export const MODEL_ENDINGS: Readonly<Record<ModelSubject, readonly string[]>> = {
  picture: endingsFor("picture"),
  text: endingsFor("text"),
};
