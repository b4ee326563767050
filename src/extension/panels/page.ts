import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** The document of a panel: one script, one style sheet, nothing from outside. What it shows, it asks for. */
export function renderPage(webview: vscode.Webview, extension: vscode.Uri, panel: string, title: string): string {
  const nonce = randomBytes(16).toString("base64");
  const file = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, "dist", "webview", name)).toString();
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} blob: data:`,
    `font-src ${webview.cspSource}`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${file(`${panel}.css`)}">
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="${file(`${panel}.js`)}"></script>
</body>
</html>`;
}

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
