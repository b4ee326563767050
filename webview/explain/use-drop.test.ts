import assert from "node:assert/strict";
import { test } from "node:test";
import { droppedIn } from "./use-drop.ts";

const transfer = (data: Readonly<Record<string, string>>, ...files: readonly File[]) => ({
  files: files as unknown as FileList,
  getData: (type: string) => data[type] ?? "",
});

test("a file of the desktop comes before any list", () => {
  const file = new File(["x"], "cat.png");
  assert.deepEqual(droppedIn(transfer({ "text/uri-list": "file:///dog.png" }, file)), { kind: "file", file });
});

test("VS Code's lists name the file: the first line that is no comment", () => {
  assert.deepEqual(
    droppedIn(transfer({ "text/uri-list": "# from the explorer\r\nfile:///my%20cat.png\r\nfile:///dog.png" })),
    { kind: "uri", uri: "file:///my%20cat.png" },
  );
  assert.deepEqual(
    droppedIn(
      transfer({ "application/vnd.code.uri-list": "vscode-remote://host/cat.png", "text/uri-list": "other:x" }),
    ),
    { kind: "uri", uri: "vscode-remote://host/cat.png" },
  );
});

test("text is no picture", () => assert.deepEqual(droppedIn(transfer({ "text/plain": "hello" })), { kind: "other" }));
