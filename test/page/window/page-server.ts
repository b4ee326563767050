import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { desk, type DocumentTheme } from "./desk.ts";
import type { FromPanel } from "./from-panel.ts";
import { PagePanel } from "./page-panel.ts";
import { unpacked } from "./wire.ts";

const bundled = (name: string): string =>
  fs.readFileSync(path.join(process.env.GLASSBOX_ROOT!, "dist-test/page/window", name), "utf8");

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".js": "text/javascript",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
};

/** The page around a panel's document, as wide and high as the window. */
const OUTER = `<!DOCTYPE html><html lang="en"><head><title>A panel</title><style>
html, body { margin: 0; height: 100%; overflow: hidden }
iframe { display: block; width: 100%; height: 100%; border: 0 }
</style></head><body>
<iframe id="active-frame" title="panel" sandbox="allow-same-origin allow-scripts allow-forms allow-downloads"></iframe>
<script type="module">${"$"}</script></body></html>`;

const scriptSafe = (text: string): string => text.replaceAll("</", "<\\/");

/** The style of the document's root element. */
const styleOf = ({ variables }: DocumentTheme): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}: ${value}`)
    .join("; ");

/** What VS Code's own style sheet says of every webview and a panel's must overrule. */
const STYLE = "body { margin: 0; padding: 0 20px; background: transparent; color: var(--vscode-editor-foreground) }";

const attribute = (text: string): string => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/** The host's own HTML with what VS Code adds: the theme, and a script in front of everything, policy included. */
function documentOf(panel: PagePanel): string {
  const state = JSON.stringify(panel.state ?? null).replaceAll("<", "\\u003c");
  const script = `globalThis.glassboxState = ${state} ?? undefined;${scriptSafe(bundled("inner.js"))}`;
  return panel.webview.html
    .replace("<html ", () => `<html style="${attribute(styleOf(desk.theme))}" `)
    .replace("<head>", () => `<head><script>${script}</script><style>${STYLE}</style>`)
    .replace("<body>", () => `<body class="${attribute(desk.theme.bodyClass)}">`);
}

export interface PageServer {
  create(viewType: string, title: string): PagePanel;
  stop(): void;
}

/** Serves panels to a browser of this machine: their documents, the files that their hosts allow, and their messages. */
export async function startPageServer(): Promise<PageServer> {
  const panels: PagePanel[] = [];
  const outer = OUTER.replace("$", () => scriptSafe(bundled("outer.js")));
  const server = http.createServer(async (request, response) => {
    const [, , id, what, ...rest] = new URL(request.url!, "http://localhost").pathname.split("/");
    const panel = panels[Number(id)];
    if (panel === undefined) return void response.writeHead(404).end();
    const html = { "Content-Type": "text/html; charset=utf-8" };
    if (what === undefined) return void response.writeHead(200, html).end(outer);
    if (what === "document") return void response.writeHead(200, html).end(documentOf(panel));
    if (what === "receive") {
      response.writeHead(200, { "Content-Type": "application/octet-stream" }).flushHeaders();
      return panel.listen(response);
    }
    if (what === "send") {
      panel.receive(unpacked(await buffer(request)) as FromPanel);
      return void response.writeHead(204).end();
    }
    const file = path.normalize(decodeURIComponent(`/${rest.join("/")}`));
    if (what !== "file" || !panel.allows(file) || !fs.existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream" });
    fs.createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    create(viewType, title) {
      panels.push(new PagePanel(viewType, title, origin, panels.length));
      return panels.at(-1)!;
    },
    stop() {
      for (const panel of panels) panel.dispose();
      server.close();
      server.closeAllConnections();
    },
  };
}
