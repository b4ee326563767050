import { parseDocument } from "yaml";

/**
 * Two spaces a level, one space inside braces; comments, order and line ends stay. Text that is not valid YAML stays
 * unchanged.
 */
export function formatted(text: string): string | undefined {
  const parsed = parseDocument(text);
  if (parsed.errors.length) return undefined;
  const ends = text.includes("\r\n") ? "\r\n" : "\n";
  return parsed.toString({ lineWidth: 0, indent: 2, flowCollectionPadding: true }).replaceAll("\n", ends);
}
