import fs from "node:fs/promises";
import path from "node:path";
import type { AnswerData, DataOf } from "../protocol/answer-data.ts";
import { EngineFailure } from "../client/engine-client.ts";
import { answerFormats, exportAnswer, type Answer as EngineAnswer } from "../protocol/question.ts";
import type { Result } from "../protocol/result.ts";
import type { Request } from "./request.ts";

/** What an analysis found, the checks that ran, everything that the numbers depend on, and how to make them again. */
export interface Answer extends Result {
  /** Whether it was read from disk. */
  readonly cached: boolean;
  /** The data, known to be of this kind; throws if they are of another. */
  as<Kind extends AnswerData["kind"]>(kind: Kind): DataOf<Kind>;
  /** The contents of a file, e.g. `csv`; `json` is always possible. The engine keeps the last 64 answers for it. */
  file(format: string): Promise<Uint8Array>;
  /** Writes the answer in these formats, unless given in all that it has. Returns the names of the files. */
  save(folder: string, formats?: readonly string[]): Promise<readonly string[]>;
}

/** @param request asks the engine that holds the answer under `job` */
export function answerOf(
  { data, certificate, provenance, code, cached }: EngineAnswer,
  job: string,
  request: Request,
): Answer {
  const file = (format: string): Promise<Uint8Array> => request(exportAnswer, { job, format });
  return {
    ...{ data, certificate, provenance, code, cached },
    as<Kind extends AnswerData["kind"]>(kind: Kind) {
      if (data.kind === kind) return data as DataOf<Kind>;
      const what = `${provenance.analysis} gives ${data.kind}, not ${kind}`;
      throw new EngineFailure({ kind: "option", what, where: undefined, hint: undefined });
    },
    file,
    async save(folder, formats) {
      const wanted = formats ?? (await request(answerFormats, { job }));
      const contents = await Promise.all(wanted.map(file));
      await fs.mkdir(folder, { recursive: true });
      const names = wanted.map((format) => path.join(folder, `${provenance.analysis}.${format}`));
      await Promise.all(names.map((name, i) => fs.writeFile(name, contents[i]!)));
      return names;
    },
  };
}
