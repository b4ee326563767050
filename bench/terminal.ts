/** How long the terminal's commands take as processes of their own, from the start to the exit. */
import { execFileSync } from "node:child_process";
import os from "node:os";
import path from "node:path";
import { cat, GlassboxProcess, sampleModel, samples } from "../test/cli/glassbox-process.ts";
import { clock, conditions, digits, quantile, times } from "./harness.ts";
import { save } from "./report.ts";

const loadBefore = os.loadavg()[0]!;
const glassbox = new GlassboxProcess();
glassbox.build();

const starts: number[] = [];
for (let round = 0; round < 5; round++)
  starts.push(await clock(async () => execFileSync(process.execPath, ["-e", "0"])));
const nodeStart = quantile(starts, 0.5);

async function row(name: string, ...args: readonly string[]): Promise<readonly string[]> {
  const milliseconds = await clock(async () => {
    const { code, err } = glassbox.run(...args);
    if (code !== 0) throw new Error(err);
  });
  return [name, digits(milliseconds / 1000), times(milliseconds / nodeStart)];
}

const rows = [
  await row("analyses", "analyses"),
  await row("explain, nothing cached", "explain", sampleModel, cat),
  await row("explain, cached", "explain", sampleModel, cat, "--out", "again"),
];
glassbox.forget();
rows.push(
  await row(
    "the sample experiment, nothing cached",
    "run",
    path.join(samples, "cat.glassbox.yaml"),
    "--check",
    "--out",
    "out",
  ),
);
glassbox.forget();
rows.push(await row("all claims of the walkthroughs, nothing cached", "walkthrough", "check", "--all"));
glassbox.end();

save("terminal", {
  title: "The terminal",
  text: `Whole processes. Node's own start, the least that any of them can take, is ${digits(nodeStart)} ms.`,
  ...conditions(loadBefore),
  versions: "the bundled command",
  header: ["command", "seconds", "by Node's own start"],
  rows,
  notes: [],
});
process.exit(0);
