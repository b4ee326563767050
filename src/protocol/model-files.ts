import { endingsFor, type ModelSubject } from "../formats/table.ts";

/** Model files by what they are asked about, as their names' endings say. What a file really is, the importers judge from its bytes. */
export const MODEL_ENDINGS: Readonly<Record<ModelSubject, readonly string[]>> = {
  picture: endingsFor("picture"),
  text: endingsFor("text"),
};
