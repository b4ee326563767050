import type { JobEvent, LanguageOutcome } from "../../protocol/language-model.ts";

/** A computation as a stream: what it yields on its way, and what it ends with. */
export interface Step<Part> {
  readonly progress: JobEvent<Part>["progress"];
  readonly part: Part;
}

export type Ending<Data> = Pick<LanguageOutcome<Data>, "data" | "certificate" | "words">;

export type Emit<Part> = (event: JobEvent<Part>) => void;
