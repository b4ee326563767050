import { endingsFor, fileNamesFor, type ModelSubject } from "../formats/table.ts";

/** Model files by the subject they take, guessed from the file extension. Importers decide by the bytes. */
export const MODEL_ENDINGS: Readonly<Record<ModelSubject, readonly string[]>> = {
  picture: endingsFor("picture"),
  text: endingsFor("text"),
};

/** The same by whole file names, for formats whose ending is that of many other files. */
export const MODEL_NAMES: Readonly<Record<ModelSubject, readonly string[]>> = {
  picture: fileNamesFor("picture"),
  text: fileNamesFor("text"),
};
