import { askAnalysis, askFlags } from "../ask/ask.ts";
import { readSubject } from "../ask/subject-flags.ts";
import type { Command } from "../command.ts";
import { namedAnalyses } from "../option-flags.ts";

/** Any analysis there is, by its id: what panels copy. */
export const askCommand: Command = {
  name: "ask",
  summary: "Ask any analysis by its name, as panels copy it. `glassbox analyses` lists them.",
  usage: "<analysis> <model> [flags]",
  positionals: ["analysis", "model"],
  flags: { ...askFlags("picture"), ...askFlags("data"), ...askFlags("unit"), ...askFlags("prompt") },
  analyses: (cards, { positionals }) => namedAnalyses(cards, positionals.slice(0, 1)),
  async run(session) {
    const { given, analyses } = session;
    const [id, ...positionals] = given.positionals;
    const [card] = namedAnalyses(await analyses(), [id!]);
    return askAnalysis({ ...session, given: { ...given, positionals } }, card!, {
      subject: readSubject(card!.takes, given),
    });
  },
};
