import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { launchBrowser, newContext } from "../browser/browser.ts";
import { firstMinute, npmStart, type ServedWorkspace } from "./npm-start.ts";
import { ready } from "./workbench.ts";

const minute = firstMinute();
let served: ServedWorkspace;
let port = 0;
let token = "";

before(async () => {
  served = await npmStart(minute);
  const address = new URL(served.address);
  port = Number(address.port);
  token = address.searchParams.get("tkn")!;
});
after(async () => {
  await served?.stop();
  fs.rmSync(minute.home, { recursive: true, force: true });
});

const origin = (): string => `http://127.0.0.1:${port}`;
const cookie = (): string => `vscode-tkn=${token}`;
const UPGRADE = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };

/** The status that the server answers: 101 when it accepts an upgrade, 0 when it closes the connection without a word. */
function status(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve) => {
    const request = http.get({ host: "127.0.0.1", port, path: url, headers });
    request.on("response", (response) => resolve(response.resume().statusCode!));
    request.on("upgrade", (response, socket) => {
      socket.destroy();
      resolve(response.statusCode!);
    });
    request.on("error", () => resolve(0));
  });
}

const upgrade = (headers: Readonly<Record<string, string>>): Promise<number> =>
  status(`/?reconnectionToken=${randomUUID()}`, {
    ...UPGRADE,
    "Sec-WebSocket-Key": Buffer.from(randomUUID().slice(0, 16)).toString("base64"),
    ...headers,
  });

const PAGES = ["/", "/?folder=/", "/version", "/delay-shutdown", "/vscode-remote-resource?path=/etc/hostname"];

test("without the token there is no page, no file, no version and no WebSocket", async () => {
  for (const page of PAGES) {
    assert.equal(await status(page), 403, page);
    assert.equal(await status(page, { Cookie: `vscode-tkn=${"A".repeat(token.length)}` }), 403, page);
  }
  assert.equal(await upgrade({}), 403);
});

test("with the token a client of this machine gets in", async () => {
  assert.equal(await status("/version", { Cookie: cookie() }), 200);
  assert.equal(await status(`/version?tkn=${token}`), 200);
  assert.equal(await upgrade({ Cookie: cookie() }), 101);
  assert.equal(await upgrade({ Cookie: cookie(), Origin: origin() }), 101);
});

test("a foreign Host or Origin is refused even with the token", async () => {
  const foreign = [
    { Host: "evil.example" },
    { Host: `evil.example:${port}` },
    { Host: `127.0.0.1.evil.example:${port}` },
    { Origin: "https://evil.example" },
    { Origin: `http://evil.example:${port}` },
    { Origin: `http://127.0.0.1:${port + 1}` },
    { Origin: "null" },
    { "Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "script" },
    { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe" },
  ];
  for (const headers of foreign) {
    assert.equal(await upgrade({ Cookie: cookie(), ...headers }), 403, JSON.stringify(headers));
    assert.equal(await status("/version", { Cookie: cookie(), ...headers }), 403, JSON.stringify(headers));
  }
});

/**
 * Opens a management connection as VS Code's own page does, from whatever page it is evaluated in. Messages are framed by 13 bytes: the kind (2 is
 * control), an identifier, an acknowledgement and the length.
 */
const handshake = (page: Page, secret: string, commit: string): Promise<string> =>
  page.evaluate(
    ([url, auth, version]) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url!);
        socket.binaryType = "arraybuffer";
        const send = (message: object): void => {
          const body = new TextEncoder().encode(JSON.stringify(message));
          const frame = new Uint8Array(13 + body.length);
          frame[0] = 2;
          new DataView(frame.buffer).setUint32(9, body.length);
          frame.set(body, 13);
          socket.send(frame);
        };
        socket.onopen = () => send({ type: "auth", auth, data: "a" });
        socket.onclose = () => resolve("closed");
        socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
          const text = new TextDecoder().decode(data.slice(13));
          if (!text.startsWith("{")) return;
          const message = JSON.parse(text) as { type: string; data: string };
          if (message.type === "sign")
            send({ type: "connectionType", commit: version, signedData: message.data, desiredConnectionType: 1 });
          else resolve(message.type);
        };
      }),
    [`ws://127.0.0.1:${port}/?reconnectionToken=${randomUUID()}&reconnection=false`, secret, commit] as const,
  );

test("the page of another port, in the browser that has the cookie, opens no management connection; the editor's page does", async () => {
  const other = http.createServer((_, response) => response.end("<!doctype html><title>another site</title>"));
  await once(other.listen(0, "127.0.0.1"), "listening");
  const browser = await launchBrowser();
  try {
    const page = await (await newContext(browser)).newPage();
    await page.goto(`${origin()}/version?tkn=${token}`);
    const commit = (await page.textContent("body"))!.trim();
    await page.context().addCookies([{ name: "vscode-tkn", value: token, url: origin() }]);
    assert.equal(await handshake(page, token, commit), "ok");
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    assert.match(await page.evaluate(() => document.cookie), /vscode-tkn/, "cookies are shared by ports");
    assert.equal(await handshake(page, token, commit), "closed");
  } finally {
    await browser.close();
    other.close();
  }
});

test("the printed address opens the workspace, and so does the page when it is loaded again", async () => {
  const browser = await launchBrowser();
  try {
    const page = await (await newContext(browser)).newPage();
    await page.goto(served.address);
    await ready(page);
    assert.ok(!page.url().includes(token), "the address loses the token");
    await page.reload();
    await ready(page);
  } finally {
    await browser.close();
  }
});

const commandLines = (): string[] =>
  fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [fs.readFileSync(`/proc/${name}/cmdline`, "utf8")];
      } catch {
        return []; // The process has ended.
      }
    });

test(
  "other users can read the token neither from processes nor from files",
  { skip: process.platform !== "linux" },
  () => {
    const lines = commandLines();
    assert.deepEqual(
      lines.filter((line) => line.includes(token)),
      [],
    );
    const file = lines
      .map((line) => line.split("\0"))
      .filter((words) => words.includes("--connection-token-file"))
      .map((words) => words[words.indexOf("--connection-token-file") + 1]!)
      .find((each) => fs.readFileSync(each, "utf8") === token);
    assert.ok(file);
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    assert.equal(fs.statSync(path.dirname(file)).mode & 0o777, 0o700);
  },
);
