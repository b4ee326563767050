import type { NotificationType, RequestType } from "vscode-jsonrpc";
import type { Failure } from "../../protocol/engine.ts";
import {
  attentionEvent,
  generateEvent,
  generateText,
  glanceAttention,
  lensEvent,
  openLanguage,
  outlineLanguage,
  patchEvent,
  readAttentionRows,
  readDirectAttribution,
  readNextTokens,
  runLens,
  runPatch,
  tokenize,
  type JobEvent,
} from "../../protocol/language-model.ts";
import type { LanguageService } from "./language-service.ts";
import { outlineLanguage as outline } from "../models/outline.ts";
import type { Emit } from "./stream.ts";

/** How the compute thread answers: every request type with what serves it. */
export interface Channel {
  answer<P, R>(type: RequestType<P, R, Failure>, handle: (params: P, cancelled: () => boolean) => R | Promise<R>): void;
  notify<P>(type: NotificationType<P>, params: P): void;
}

export function serveLanguage(service: LanguageService, { answer, notify }: Channel): void {
  const emitting =
    <Part>(type: NotificationType<JobEvent<Part>>): Emit<Part> =>
    (event) =>
      notify(type, event);
  answer(openLanguage, (params) => service.open(params));
  answer(outlineLanguage, outline);
  answer(tokenize, (params) => service.tokenize(params));
  answer(readNextTokens, (params) => service.nextTokens(params));
  answer(readAttentionRows, (params) => service.attentionRows(params));
  answer(readDirectAttribution, (params) => service.directAttribution(params));
  answer(generateText, (params, cancelled) => service.generate(params, emitting(generateEvent), cancelled));
  answer(glanceAttention, (params, cancelled) => service.attention(params, emitting(attentionEvent), cancelled));
  answer(runLens, (params, cancelled) => service.lens(params, emitting(lensEvent), cancelled));
  answer(runPatch, (params, cancelled) => service.patch(params, emitting(patchEvent), cancelled));
}
