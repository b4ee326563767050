/** How long hovers and completions take while a person types into 2,000 lines: the bundled language server with its engine, as an editor has both. */
import os from "node:os";
import { LanguageServer } from "../test/language-server/language-server.ts";
import { typeExperiment, typePython } from "../test/language-server/typing.ts";
import { conditions, digits, quantile, times } from "./harness.ts";
import { save } from "./report.ts";

const loadBefore = os.loadavg()[0]!;
const server = new LanguageServer();
await server.start();
const { hovers, completions, readings } = await typeExperiment(server, 200);
const python = await typePython(server, 2000, 200);
server.stop();

const reading = quantile(readings, 0.5);
const row = (name: string, milliseconds: readonly number[]): readonly string[] => [
  name,
  ...[0.5, 0.95, 1].map((share) => digits(quantile(milliseconds, share))),
  times(quantile(milliseconds, 0.95) / reading),
];
save("typing", {
  title: "Answers while a person types into 2,000 lines",
  text: "Milliseconds from question to answer. The file's symbols need all of it read; the other answers do not wait for that.",
  ...conditions(loadBefore),
  versions: "the bundled language server",
  header: ["", "median", "95 %", "greatest", "95 %, by the whole file's reading"],
  rows: [
    row("hover in an experiment", hovers),
    row("completion in an experiment", completions),
    row("hover in Python", python),
    row("symbols of an experiment", readings),
  ],
  notes: ["A person notices more than about 50 ms."],
});
process.exit(0);
