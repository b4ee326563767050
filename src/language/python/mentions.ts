/** Places in Python code that may name a model file or a layer. Found line by line, without running or importing anything. */
export interface Mention {
  readonly kind: "file" | "layer";
  /** The file as written, or the layer as `layer3.1.conv2`. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const modelFile = /\.(onnx|gguf|safetensors)$/i;
const strings = /(?<![\w\\])(?:[rRbBuU]{0,2})(["'])((?:\\.|(?!\1)[^\\\n])*)\1/g;
/** `model.layer3[1].conv2`: a name, then at least two attributes or indices. */
const attributes = /(?<![\w."'\])])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\d+\]){2,}/g;

/** All of one line; a comment names nothing. */
export function mentionsIn(line: string): readonly Mention[] {
  const code = withoutComment(line);
  const found: Mention[] = [];
  for (const match of code.matchAll(strings)) {
    const text = match[2]!;
    const start = match.index + match[0].length - 1 - text.length;
    const at = { start, end: start + text.length };
    if (modelFile.test(text)) found.push({ kind: "file", name: text, ...at });
    else if (/^[A-Za-z_][\w.]*\.[\w.]+$/.test(text)) found.push({ kind: "layer", name: text, ...at });
  }
  for (const match of code.matchAll(attributes)) {
    const before = code.slice(0, match.index);
    if (insideString(before)) continue;
    found.push({ kind: "layer", name: asLayer(match[0]), start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** Without the variable that holds the model: `model.layer3[1].conv2` is `layer3.1.conv2`. */
const asLayer = (text: string): string => text.replace(/\[(\d+)\]/g, ".$1").replace(/^[A-Za-z_]\w*\./, "").replace(/^model\.(?=.)/, "");

function withoutComment(line: string): string {
  let quote = "";
  for (let i = 0; i < line.length; i++) {
    const letter = line[i]!;
    if (letter === "\\") i++;
    else if (quote) quote = letter === quote ? "" : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === "#") return line.slice(0, i);
  }
  return line;
}

function insideString(before: string): boolean {
  let quote = "";
  for (let i = 0; i < before.length; i++) {
    const letter = before[i]!;
    if (letter === "\\") i++;
    else if (quote) quote = letter === quote ? "" : quote;
    else if (letter === '"' || letter === "'") quote = letter;
  }
  return quote !== "";
}
