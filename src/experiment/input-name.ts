import type { InputEntry } from "./experiment.ts";

/** The name of an input in claims and reports. A pattern or folder has the names of its files. */
export function inputName(entry: InputEntry): string | undefined {
  switch (entry.kind) {
    case "file":
      return entry.stated.value;
    case "pattern":
    case "folder":
      return undefined;
    case "data":
      return entry.name?.value ?? (entry.label ? `${entry.label.value} of ${entry.stated.value}` : entry.stated.value);
    case "unit":
    case "prompt":
      return entry.name?.value ?? entry.stated.value;
  }
}
