import type { DisplayStyle } from "../../src/data/colormap/display.ts";

/** In the order of the keys 1 to 4. */
export const STYLES: readonly { readonly id: DisplayStyle; readonly label: string }[] = [
  { id: "where", label: "Where" },
  { id: "signed", label: "For and against" },
  { id: "raw", label: "Raw values" },
  { id: "photograph", label: "Photograph" },
];
