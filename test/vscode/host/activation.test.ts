import assert from "node:assert/strict";
import * as vscode from "vscode";
import { COMMANDS, type CommandName, commandId } from "../../../src/extension/manifest/commands.ts";
import { SETTINGS, type SettingName } from "../../../src/extension/manifest/settings.ts";

suite("activation", () => {
  test("activating registers every command of the table", async () => {
    const extension = vscode.extensions.getExtension("glassbox.glassbox");
    assert.ok(extension);
    await extension.activate();
    const registered = await vscode.commands.getCommands(true);
    for (const name of Object.keys(COMMANDS) as CommandName[])
      assert.ok(registered.includes(commandId(name)), commandId(name));
  });

  test("every setting has its table's default", () => {
    const settings = vscode.workspace.getConfiguration("glassbox");
    for (const name of Object.keys(SETTINGS) as SettingName[])
      assert.deepEqual(settings.inspect(name)?.defaultValue, SETTINGS[name].default);
  });
});
