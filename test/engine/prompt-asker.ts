import assert from "node:assert/strict";
import { Asker } from "../../src/engine/ask/asker.ts";
import { startRuntime } from "../../src/engine/runtimes.ts";
import { engineServices, type EngineServices } from "../../src/engine/services.ts";
import type { AnswerData, DataOf, Part } from "../../src/protocol/answer-data.ts";
import type { EngineSettings } from "../../src/protocol/engine.ts";
import type { Answer, PromptSubject } from "../../src/protocol/question.ts";
import type { OptionValues } from "../../src/protocol/result.ts";

interface Listening {
  readonly onPart?: (part: Part) => void;
  readonly cancelled?: () => boolean;
}

/** Asks about prompts in this process, with the engine's own services. */
export class PromptAsker {
  readonly services: EngineServices;
  readonly #asker: Asker;

  constructor(settings: EngineSettings) {
    this.services = engineServices(settings, startRuntime(settings));
    this.#asker = new Asker(this.services);
  }

  async ask<Kind extends AnswerData["kind"]>(
    { id, gives }: { readonly id: string; readonly gives: Kind },
    model: string,
    subject: Omit<PromptSubject, "kind">,
    options: OptionValues = {},
    { onPart, cancelled = () => false }: Listening = {},
  ): Promise<Answer<DataOf<Kind>>> {
    const answer = await this.#asker.ask(
      { job: id, analysis: id, model, subject: { kind: "prompt", ...subject }, options, detail: "exact" },
      ({ part }) => part && onPart?.(part),
      cancelled,
    );
    assert.equal(answer.data.kind, gives);
    return answer as Answer<DataOf<Kind>>;
  }
}
