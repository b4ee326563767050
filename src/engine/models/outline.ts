import path from "node:path";
import { decoderGraph, dimensionsOf } from "../../architectures/decoder.ts";
import { openDecoder } from "../../architectures/open.ts";
import { wholePrompts } from "../../architectures/sequence.ts";
import type { ModelParams } from "../../protocol/engine.ts";
import type { LanguageOutline } from "../../protocol/language-model.ts";
import { siteCards } from "./site-cards.ts";

/**
 * What a checkpoint's header says, for a hover. No file is hashed, no weight is read, and no open model is closed for
 * it.
 */
export function outlineLanguage({ model: file }: ModelParams): LanguageOutline {
  const opened = openDecoder(file, file);
  try {
    const { decoder, format, parameters } = opened;
    return {
      path: file,
      name: path.basename(file),
      format,
      family: decoder.family,
      ...dimensionsOf(decoder),
      parameters,
      sites: siteCards(decoderGraph(decoder, wholePrompts(1, 8))),
    };
  } finally {
    opened.close();
  }
}
