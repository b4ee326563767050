import path from "node:path";
import type { AnswerData, DataOf } from "../protocol/answer-data.ts";
import { OutputFolder } from "../files/output-folder.ts";
import { EngineFailure } from "../client/engine-client.ts";
import { answerFormats, exportAnswer, type Answer as EngineAnswer } from "../protocol/question.ts";
import type { Result } from "../protocol/result.ts";
import type { Request } from "./request.ts";

/** The data, the checks that ran, everything that the numbers depend on, and code that reproduces them. */
export interface Answer extends Result {
  /** Whether it came from the disk cache. */
  readonly cached: boolean;
  /** The data, narrowed to this kind. Throws if the data is of another kind. */
  as<Kind extends AnswerData["kind"]>(kind: Kind): DataOf<Kind>;
  /**
   * The answer as the contents of a file, e.g. `csv`; `json` always works. The engine keeps the last 64 answers for
   * this.
   */
  file(format: string): Promise<Uint8Array>;
  /** Writes the answer in these formats, by default in all that its kind has. Returns the file names. */
  save(folder: string, formats?: readonly string[]): Promise<readonly string[]>;
}

/** @param request sends a request to the engine that holds the answer of `job` */
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
      const output = new OutputFolder(folder, { kind: "results" });
      for (const [i, format] of wanted.entries()) output.write(`${provenance.analysis}.${format}`, contents[i]!);
      return wanted.map((format) => path.join(folder, `${provenance.analysis}.${format}`));
    },
  };
}
