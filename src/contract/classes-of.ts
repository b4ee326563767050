import type { OutputKind } from "../protocol/contract.ts";

/** How many classes have names: two for a single score; none where the numbers are no scores of classes. */
export function classesOf(kind: OutputKind): number | undefined {
  switch (kind.is) {
    case "binary":
      return 2;
    case "classes":
    case "independent":
    case "segmentation":
      return kind.classes;
    case "boxes":
      return kind.classes > 0 ? kind.classes : undefined;
    default:
      return undefined;
  }
}
