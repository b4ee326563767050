import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { shellOf, shellWord } from "./shell-word.ts";

/** File names and prompts that mean something to some shell. */
const words = [
  "plain.onnx",
  "",
  "a b",
  "it's",
  "'; touch pwned; '",
  "$(touch pwned)",
  "`touch pwned`",
  "$HOME %PATH% !x",
  "~/x",
  "=ls",
  "#c",
  "a\\b\\",
  'say "hi"',
  "a\nb",
  "a\u0003\rtouch pwned\r",
  "\u001b[201~; touch pwned",
  "user\u202etxt.exe",
  "\u009b2J",
  "’; touch pwned; ‘",
  "a&b|c>d<e;f(g){h}*?[i]^j",
  "猫.png",
  "-x",
];

for (const shell of ["bash", "dash"]) {
  test(`a pasted word arrives in ${shell} as it is`, (context) => {
    const run = (command: string) => spawnSync(shell, ["-c", command], { encoding: "utf8" });
    if (run("true").error) return context.skip("this shell is not installed");
    for (const word of words) {
      const quoted = shellWord(word, "posix");
      // dash does not know the spelling of POSIX 2024, in which controls are written.
      if (shell === "dash" && quoted.startsWith("$")) continue;
      assert.equal(run(`printf '%s|' ${quoted}`).stdout, `${word}|`, quoted);
    }
  });
}

test("no terminal meets a control character or a change of direction in a command", () => {
  for (const shell of ["posix", "fish", "powershell"] as const)
    for (const word of words)
      assert.doesNotMatch(shellWord(word, shell), /[\p{Cc}\u202a-\u202e]/u, `${shell} ${JSON.stringify(word)}`);
});

test("PowerShell reads a word as its rules say, typographic quotes included", () => {
  for (const [word, quoted] of [
    ["C:\\a\\net.onnx", "C:\\a\\net.onnx"],
    ["C:\\my nets\\net.onnx", '"C:\\my nets\\net.onnx"'],
    ["a b\\", "'a b\\'"],
    ["'; calc; '", "'''; calc; '''"],
    ["’; calc; ‘", "'’’; calc; ‘‘'"],
    ["$(calc)", "'$(calc)'"],
    ["%PATH%", "'%PATH%'"],
    ["", "''"],
    ['$x`"\u001b', '"`$x```"$([char]27)"'],
  ] as const)
    assert.equal(shellWord(word, "powershell"), quoted);
});

test("fish unescapes within its single quotes, so backslashes are doubled", () => {
  assert.equal(shellWord("it's a\\b", "fish"), "'it\\'s a\\\\b'");
  assert.equal(shellWord("a\u001bb", "fish"), "'a'\\X1b'b'");
});

test("the person's shell is the platform's, or what SHELL names", () => {
  assert.equal(shellOf("win32", undefined), "powershell");
  assert.equal(shellOf("linux", "/usr/bin/fish"), "fish");
  assert.equal(shellOf("darwin", "/bin/zsh"), "posix");
});
