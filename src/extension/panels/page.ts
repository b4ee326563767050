import { randomBytes } from "node:crypto";
import path from "node:path";
import * as vscode from "vscode";

/** The document of a panel: one script, one style sheet, nothing from outside. What it shows, it asks for. */
export function renderPage(webview: vscode.Webview, extension: vscode.Uri, panel: string, title: string): string {
  const nonce = randomBytes(16).toString("base64");
  return page(
    webview,
    extension,
    panel,
    title,
    [`script-src 'nonce-${nonce}'`, `img-src ${webview.cspSource} blob: data:`],
    `<div id="root"></div>
<script nonce="${nonce}" src="${fileOf(webview, extension, `${panel}.js`)}"></script>`,
  );
}

/**
 * The document of a panel that waits in Restricted Mode: words and links, no script. Nothing of the model was read.
 * @param open the command that opens the model all the same
 */
export function renderRestricted(
  webview: vscode.Webview,
  extension: vscode.Uri,
  panel: string,
  model: string,
  open: string,
): string {
  const name = escapeHtml(path.basename(model));
  const link = `command:${open}?${encodeURIComponent(JSON.stringify([{ model }]))}`;
  return page(
    webview,
    extension,
    panel,
    `Glassbox: ${path.basename(model)}`,
    [],
    `<main>
<h1>${name} was not opened</h1>
<p>This workspace is not trusted, and this panel was opened by VS Code, not by you. Glassbox runs a model only when you ask for it here.</p>
<p><a href="command:workbench.trust.manage">Manage Workspace Trust</a></p>
<p><a href="${escapeHtml(link)}">Open ${name} once, without trusting the workspace</a></p>
</main>`,
  );
}

/** The document of an editor of a file that is not on disk, such as the earlier version in a comparison: engines read files. */
export const renderElsewhere = (webview: vscode.Webview, extension: vscode.Uri, panel: string, file: string): string =>
  page(
    webview,
    extension,
    panel,
    `Glassbox: ${path.basename(file)}`,
    [],
    `<main>
<h1>${escapeHtml(path.basename(file))} is not on disk</h1>
<p>This is another version of the file, such as the one that Git holds. Glassbox opens files on disk: save this version as a file and open that.</p>
</main>`,
  );

/** @param allowed what the page may load besides its style sheet */
function page(
  webview: vscode.Webview,
  extension: vscode.Uri,
  panel: string,
  title: string,
  allowed: readonly string[],
  body: string,
): string {
  const policy = [
    "default-src 'none'",
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    ...allowed,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${fileOf(webview, extension, `${panel}.css`)}">
</head>
<body>
${body}
</body>
</html>`;
}

const fileOf = (webview: vscode.Webview, extension: vscode.Uri, name: string): string =>
  webview.asWebviewUri(vscode.Uri.joinPath(extension, "dist", "webview", name)).toString();

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
