import path from "node:path";
import { fileURLToPath } from "node:url";
import { TextDocumentSyncKind, TextDocuments, type CancellationToken, type Connection, type InitializeParams } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { analysisCards as cards } from "../methods/analyses.ts";
import { askEngine, experimentLanguage, experimentRan, listModels } from "../protocol/language-server.ts";
import { EngineFacts } from "./engine-facts.ts";
import { codeActions } from "./experiment/code-actions.ts";
import { codeLenses } from "./experiment/code-lens.ts";
import { completion } from "./experiment/completion.ts";
import { asDiagnostic, deepProblems, quickProblems } from "./experiment/diagnostics.ts";
import type { Asked } from "./experiment/features.ts";
import { formatting } from "./experiment/formatting.ts";
import { hover } from "./experiment/hover.ts";
import { inlayHints } from "./experiment/inlay-hints.ts";
import { OpenExperiments } from "./experiment/open-document.ts";
import { symbols } from "./experiment/symbols.ts";
import { pythonLenses } from "./python/code-lens.ts";
import { pythonHover } from "./python/hover.ts";

/** While a person types, nothing is judged; this long after the last key the text is, and after the second also by model and files. */
const pauseMs = { quick: 120, deep: 500 };

/** The language server: one feature a file, each answered from the text, the methods' tables and what the engine knows. */
export function startServer(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  const all = new OpenExperiments();
  const facts = new EngineFacts((method, params) => connection.sendRequest(askEngine.method, { method, params }));
  const inWorkspace = rarely(() => connection.sendRequest<readonly string[]>(listModels.method, null).catch(() => []));
  let folders: readonly string[] = [];
  let refreshes = false;

  const isExperiment = ({ languageId }: TextDocument): boolean => languageId === experimentLanguage;
  const asked = (document: TextDocument): Asked => ({ experiment: all.of(document), facts, cards, all });
  /** The answer for an experiment, or for Python, or nothing; none for a document that is gone or a request that was cancelled. */
  const answer = async <T>(uri: string, token: CancellationToken, experiment: ((given: Asked) => T | Promise<T>) | undefined, python: ((document: TextDocument) => T | Promise<T>) | undefined, otherwise: T): Promise<T> => {
    const document = documents.get(uri);
    if (document === undefined || token.isCancellationRequested) return otherwise;
    if (isExperiment(document)) return experiment ? experiment(asked(document)) : otherwise;
    return document.languageId === "python" && python ? python(document) : otherwise;
  };

  connection.onInitialize(({ workspaceFolders, capabilities }: InitializeParams) => {
    folders = (workspaceFolders ?? []).filter(({ uri }) => uri.startsWith("file:")).map(({ uri }) => path.normalize(fileURLToPath(uri)));
    refreshes = capabilities.workspace?.codeLens?.refreshSupport === true;
    return {
      capabilities: {
        textDocumentSync: TextDocumentSyncKind.Incremental,
        completionProvider: { triggerCharacters: [":", " ", "-", "/", ".", "{", "[", ","] },
        hoverProvider: true,
        codeActionProvider: { codeActionKinds: ["quickfix"] },
        codeLensProvider: {},
        inlayHintProvider: true,
        documentSymbolProvider: true,
        documentFormattingProvider: true,
      },
    };
  });

  connection.onCompletion(({ textDocument: { uri }, position }, token) => answer(uri, token, (given) => completion(given, position), undefined, null));
  connection.onHover(({ textDocument: { uri }, position }, token) => answer(uri, token, (given) => hover(given, position), (document) => pythonHover(document, position, folders, facts, inWorkspace), null));
  connection.onCodeLens(({ textDocument: { uri } }, token) => answer(uri, token, (given) => [...codeLenses(given)], (document) => [...pythonLenses(document, folders)], []));
  connection.onDocumentSymbol(({ textDocument: { uri } }, token) => answer(uri, token, (given) => [...symbols(given)], undefined, []));
  connection.onDocumentFormatting(({ textDocument: { uri } }, token) => answer(uri, token, ({ experiment: { document } }) => [...formatting(document)], undefined, []));
  connection.onCodeAction(({ textDocument: { uri }, context }, token) => answer(uri, token, ({ experiment: { document } }) => [...codeActions(document, context.diagnostics.filter(({ source }) => source === "glassbox"))], undefined, []));
  connection.languages.inlayHint.on(({ textDocument: { uri }, range }, token) => answer(uri, token, async (given) => [...(await inlayHints(given, range))], undefined, []));

  const timers = new Map<string, readonly NodeJS.Timeout[]>();
  const stop = (uri: string): void => {
    for (const timer of timers.get(uri) ?? []) clearTimeout(timer);
    timers.delete(uri);
  };
  documents.onDidChangeContent(({ document }) => {
    if (!isExperiment(document)) return;
    const { uri, version, lineCount } = document;
    stop(uri);
    // A long text takes a moment to read, and hovers wait for it.
    const patience = lineCount / 10;
    const current = (): boolean => documents.get(uri)?.version === version;
    const say = (problems: ReturnType<typeof quickProblems>): void => void (current() && connection.sendDiagnostics({ uri, version, diagnostics: problems.map(asDiagnostic) }));
    timers.set(uri, [
      setTimeout(() => say(quickProblems(asked(document))), pauseMs.quick + patience),
      setTimeout(() => void deepProblems(asked(document)).then((problems) => problems && say(problems)), pauseMs.deep + patience),
    ]);
  });
  documents.onDidClose(({ document: { uri } }) => {
    stop(uri);
    all.forget(uri);
    connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  connection.onNotification(experimentRan.method, ({ uri, claims }: { readonly uri: string; readonly claims: Parameters<typeof all.claims.set>[1] }) => {
    all.claims.set(uri, claims);
    if (refreshes) void connection.languages.inlayHint.refresh().then(() => connection.sendRequest("workspace/codeLens/refresh"), () => undefined);
  });

  documents.listen(connection);
  connection.listen();
}

/** Files come and go slowly next to a pointer that hovers. */
function rarely<T>(ask: () => Promise<T>, forMs = 20_000): () => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return () => {
    if (last === undefined || Date.now() - last.at > forMs) last = { at: Date.now(), answer: ask() };
    return last.answer;
  };
}
