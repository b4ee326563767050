// Runs VS Code's server for one person only.
// usage: node guarded-server.mjs <server-main.js> --connection-token-file <file> [option …]
//
// VS Code's server accepts a WebSocket before it checks the token, answers some requests without one, and never checks Host or Origin.
// A page of another site, or a name that was rebound to 127.0.0.1, can therefore talk to it. This guard checks every request first.
// It runs inside the server's process, where node:http announces requests. A proxy would need a second port and its own error handling;
// a module loaded with --require would also reach the extension hosts, which inherit that option.
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import { pathToFileURL } from "node:url";

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

const digest = (text) => crypto.createHash("sha256").update(text).digest();

/** VS Code turns `?tkn=` of the first request into the cookie that later requests carry. Both names are VS Code's. */
function carriesToken({ headers, url }, token) {
  const inAddress = new URL(url, "http://127.0.0.1").searchParams.getAll("tkn");
  const inCookies = (headers.cookie ?? "")
    .split(/; */)
    .filter((cookie) => cookie.startsWith("vscode-tkn="))
    .map((cookie) => cookie.slice("vscode-tkn=".length));
  return [...inAddress, ...inCookies].some((given) => crypto.timingSafeEqual(digest(given), digest(token)));
}

/**
 * Browsers send a host's cookies to all of its ports, so the token does not tell our page from the page of another local server. Origin does, and
 * where browsers send no Origin (images, scripts, frames) Sec-Fetch-Site does. A link to the editor may be opened from any page.
 */
function comesFromOurPage({ headers }) {
  const { host = "", origin } = headers;
  if (!LOOPBACK.test(host)) return false;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) return false;
  const site = headers["sec-fetch-site"] ?? "none";
  return site === "same-origin" || site === "none" || headers["sec-fetch-dest"] === "document";
}

function isAllowed(request, token) {
  try {
    return comesFromOurPage(request) && carriesToken(request, token);
  } catch {
    return false; // The address is malformed.
  }
}

/** @param {http.ServerResponse | import("node:stream").Duplex} reply the response, or the socket of an upgrade */
function refuse(reply) {
  if (reply instanceof http.ServerResponse)
    reply.writeHead(403, { "Content-Type": "text/plain", Connection: "close" }).end("Forbidden.");
  else reply.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

/** Every event that carries a request passes here: "request", "upgrade", and the rarer ones such as "connect". */
function guard(token) {
  const emit = http.Server.prototype.emit;
  http.Server.prototype.emit = function (event, ...args) {
    const [request, reply] = args;
    if (!(request instanceof http.IncomingMessage) || isAllowed(request, token)) return emit.call(this, event, ...args);
    refuse(reply);
    return true;
  };
}

process.argv.splice(1, 1);
const [, server, ...options] = process.argv;
const token = fs.readFileSync(options[options.indexOf("--connection-token-file") + 1], "utf8").trim();
if (token.length < 32) throw new Error("VS Code's server needs a connection token of at least 32 characters.");
guard(token);
await import(pathToFileURL(server).href);
