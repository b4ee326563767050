import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMANDS } from "../../src/extension/manifest/commands.ts";
import { useGlassbox } from "./harness.ts";
import { commandListed, contextMenuTitles, explorerRow, notification } from "./workbench.ts";

const { title, category } = COMMANDS.explain;
const glassbox = useGlassbox({ files: { "model.onnx": "", "UPPER.ONNX": "", "notes.txt": "plain" } });

test("the palette lists the command by its category and title", () =>
  commandListed(glassbox.page, `${category}: ${title}`));

test("a right click offers to explain a model, and nothing else", async () => {
  const { page } = glassbox;
  await explorerRow(page, "model.onnx").waitFor();
  assert.ok((await contextMenuTitles(page, "model.onnx")).includes(title));
  assert.ok((await contextMenuTitles(page, "UPPER.ONNX")).includes(title));
  assert.ok(!(await contextMenuTitles(page, "notes.txt")).includes(title));
});

test("starting up raises no error of Glassbox's", async () => {
  await glassbox.screenshot("workbench");
  assert.equal(await notification(glassbox.page, "Glassbox").count(), 0);
  assert.deepEqual(
    glassbox.console.filter((line) => /^(error|pageerror).*glassbox\.glassbox/i.test(line)),
    [],
  );
});
