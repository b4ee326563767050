import { modelKind } from "../model-kind.ts";
import { openQuote, withoutComment } from "./quotes.ts";

/**
 * Strings and expressions in Python code that may name a model file, a layer or a unit. They are found line by line,
 * without running or importing anything.
 */
export interface Mention {
  readonly kind: "file" | "layer" | "unit";
  /** The file as written, or the layer as `layer3.1.conv2`. */
  readonly name: string;
  /** The unit's channel. */
  readonly index?: number;
  /** The variable before an attribute path. */
  readonly root?: string;
  readonly start: number;
  readonly end: number;
}

const strings = /(?<![\w\\])(?:[rRbBuU]{0,2})(["'])((?:\\.|(?!\1)[^\\\n])*)\1/g;
/** `model.layer3[1].conv2`: a name, then at least two attributes or indices. */
const attributes = /(?<![\w."'\])])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[\d+\]){2,}/g;
/** Dotted names, or a TransformerLens hook name. */
const layerText = /^(?:[A-Za-z_][\w.]*\.[\w.#]+|hook_\w+)$/;
/** lucent's and ours: `mixed4a:476`, `unit:features.12:20`. */
const unitText = /^(?:unit:)?([A-Za-z_][\w./-]*):(\d{1,5})$/;
/** An index that selects a channel of the preceding activation: `[:, 3]`, `[0, 3, ...]`. */
const channelAfter = /^\[\s*(?::|\d+|\.\.\.)\s*,\s*(\d{1,5})\s*(?:,[^\]]*)?\]/;
const callAfter = /^\([^()]*\)/;
/** The rest of TransformerLens's `cache["pattern", 5]`. */
const layerNumberAfter = /^["']\s*,\s*(\d{1,4})\s*\]/;

const stream = ["resid_pre", "resid_mid", "resid_post", "attn_out", "mlp_out"];
const attention = ["q", "k", "v", "z", "pattern", "attn_scores", "result", "rot_q", "rot_k"];
const mlp = ["pre", "post"];

/** All mentions in one line. Comments are ignored. */
export function mentionsIn(line: string): readonly Mention[] {
  const code = withoutComment(line);
  const found: Mention[] = [];
  for (const match of code.matchAll(strings)) {
    const text = match[2]!;
    const start = match.index + match[0].length - 1 - text.length;
    const mention = stringMention(text, start, code);
    if (mention) found.push(mention);
  }
  for (const match of code.matchAll(attributes)) {
    if (openQuote(code.slice(0, match.index)) !== undefined) continue;
    const end = match.index + match[0].length;
    const [root] = /^\w+/.exec(match[0])!;
    found.push({ ...withChannel(asLayer(match[0]), match.index, end, code.slice(end)), root });
  }
  return found;
}

function stringMention(text: string, start: number, code: string): Mention | undefined {
  const end = start + text.length;
  if (modelKind(text)) return { kind: "file", name: text, start, end };
  const unit = unitText.exec(text);
  if (unit) return { kind: "unit", name: unit[1]!, index: Number(unit[2]), start, end };
  const after = code.slice(end);
  const layer = layerNumberAfter.exec(after);
  if (layer) return shortName(text, Number(layer[1]), start, end + layer[0].length - 1);
  if (!layerText.test(text)) return undefined;
  const closing = /^["']\s*\]/.exec(after);
  return closing
    ? withChannel(text, start, end, after.slice(closing[0].length), closing[0].length)
    : { kind: "layer", name: text, start, end };
}

/** `("pattern", 5)` is `blocks.5.attn.hook_pattern`. */
function shortName(text: string, layer: number, start: number, end: number): Mention | undefined {
  const part = stream.includes(text)
    ? ""
    : attention.includes(text)
      ? "attn."
      : mlp.includes(text)
        ? "mlp."
        : undefined;
  return part === undefined ? undefined : { kind: "layer", name: `blocks.${layer}.${part}hook_${text}`, start, end };
}

/** A channel index directly after the name, or after a call of it, makes it a unit. */
function withChannel(name: string, start: number, end: number, after: string, between = 0): Mention {
  const call = callAfter.exec(after)?.[0].length ?? 0;
  const channel = channelAfter.exec(after.slice(call));
  return channel
    ? { kind: "unit", name, index: Number(channel[1]), start, end: end + between + call + channel[0].length }
    : { kind: "layer", name, start, end };
}

/** Without the variable that holds the model: `model.layer3[1].conv2` is `layer3.1.conv2`. */
const asLayer = (text: string): string =>
  text
    .replace(/\[(\d+)\]/g, ".$1")
    .replace(/^[A-Za-z_]\w*\./, "")
    .replace(/^model\.(?=.)/, "");
