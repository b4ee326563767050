import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageConnection } from "vscode-jsonrpc";
import { copyText, saveAsExperiment, saveFile } from "../../src/protocol/panel.ts";
import { exportAnswer } from "../../src/protocol/question.ts";
import { exportAs, exportableOf, exportItems, type Exportable } from "./export-answer.ts";

const answer: Exportable = { name: "cat map", job: "7", kind: "heatmap", code: { cli: "glassbox ask …" } };
const png = new Uint8Array([1]);

test("a menu has the formats of the answer's kind, what the panel draws, and the ways to ask it again", () => {
  assert.deepEqual(exportItems(answer, { png: () => png }), ["png", "csv", "json", "npy", "command"]);
  const code = { cli: "c", experiment: "e", python: "p" };
  assert.deepEqual(exportItems({ ...answer, kind: "grid", code }, {}), [
    "png",
    "csv",
    "json",
    "experiment",
    "command",
    "python",
  ]);
});

test("a drawn map's answer is the heatmap that the engine holds", () => {
  const result = { data: { kind: "planes" }, code: answer.code } as never;
  assert.equal(exportableOf("map", { job: "7", result })?.kind, "heatmap");
  assert.equal(exportableOf("map", { job: "", result: undefined }), undefined);
});

/** A host that notes what it is asked, and saves under `/saved`. */
function host() {
  const asked: unknown[][] = [];
  const sendRequest = async (type: { readonly method: string }, params: { readonly suggestedName?: string }) => {
    asked.push([type.method, params]);
    return type.method === exportAnswer.method ? png : params.suggestedName ? `/saved/${params.suggestedName}` : null;
  };
  return { asked, connection: { sendRequest } as unknown as MessageConnection };
}

test("exact files come from the engine, drawn ones from the panel, under a name that is a file's", async () => {
  const { connection, asked } = host();
  assert.equal(await exportAs(connection, "csv", answer, {}), "Saved as /saved/cat-map.csv.");
  assert.equal(await exportAs(connection, "png", answer, { png: () => png }), "Saved as /saved/cat-map.png.");
  assert.deepEqual(asked, [
    [exportAnswer.method, { job: "7", format: "csv" }],
    [saveFile.method, { suggestedName: "cat-map.csv", bytes: png }],
    [saveFile.method, { suggestedName: "cat-map.png", bytes: png }],
  ]);
});

test("code is copied, an experiment is saved as one", async () => {
  const { connection, asked } = host();
  const whole = { ...answer, code: { cli: "c", experiment: "e", python: "p" } };
  assert.equal(await exportAs(connection, "command", whole, {}), "The command is on the clipboard.");
  await exportAs(connection, "python", whole, {});
  await exportAs(connection, "experiment", whole, {});
  assert.deepEqual(asked, [
    [copyText.method, { text: "c" }],
    [copyText.method, { text: "p" }],
    [saveAsExperiment.method, { experiment: "e", suggestedName: "cat-map.glassbox.yaml" }],
  ]);
});
