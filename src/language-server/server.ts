import path from "node:path";
import { fileURLToPath } from "node:url";
import {
  CancellationTokenSource,
  TextDocumentSyncKind,
  TextDocuments,
  type CancellationToken,
  type CodeAction,
  type Connection,
  type InitializeParams,
} from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import { analysisCards as cards } from "../methods/table.ts";
import type { Problem } from "../protocol/experiment.ts";
import {
  askEngine,
  experimentLanguage,
  experimentRan,
  listModels,
  type LanguageServerOptions,
} from "../protocol/language-server.ts";
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
import { pythonCompletion } from "./python/completion.ts";
import { pythonProblems } from "./python/diagnostics.ts";
import { pythonHover } from "./python/hover.ts";
import { Reader } from "./reading/reader.ts";

/**
 * While a person types, nothing is judged; this long after the last key the text is, and after the second also by model
 * and files.
 */
const pauseMs = { quick: 120, deep: 500 };

/**
 * The language server: one feature a file, each answered from the text, the methods' tables and what the engine knows.
 */
export function startServer(connection: Connection): void {
  const documents = new TextDocuments(TextDocument);
  const reader = new Reader(cards, (fault) => connection.console.error(fault));
  const all = new OpenExperiments((text) => reader.read(text));
  const facts = new EngineFacts((method, params, token) =>
    connection.sendRequest(askEngine.method, { method, params }, token),
  );
  const inWorkspace = rarely(() => connection.sendRequest<readonly string[]>(listModels.method, null).catch(() => []));
  let folders: readonly string[] = [];
  let refreshes = false;

  const isExperiment = ({ languageId }: TextDocument): boolean => languageId === experimentLanguage;
  const isPython = ({ languageId }: TextDocument): boolean => languageId === "python";
  const asked = (document: TextDocument, token: CancellationToken): Asked => ({
    experiment: all.of(document),
    facts,
    cards,
    all,
    token,
  });
  /** The answer for an experiment or for Python; none for closed documents and cancelled requests. */
  const answer = async <T>(
    uri: string,
    token: CancellationToken,
    experiment: ((given: Asked) => T | Promise<T>) | undefined,
    python: ((document: TextDocument) => T | Promise<T>) | undefined,
    otherwise: T,
  ): Promise<T> => {
    const document = documents.get(uri);
    if (document === undefined || token.isCancellationRequested) return otherwise;
    if (isExperiment(document)) return experiment ? experiment(asked(document, token)) : otherwise;
    // All that is said about Python is about files that it names.
    return isPython(document) && python && !facts.restricted ? python(document) : otherwise;
  };

  connection.onInitialize(({ workspaceFolders, capabilities, initializationOptions }: InitializeParams) => {
    facts.restricted = (initializationOptions as LanguageServerOptions | undefined)?.restricted === true;
    folders = (workspaceFolders ?? [])
      .filter(({ uri }) => uri.startsWith("file:"))
      .map(({ uri }) => path.normalize(fileURLToPath(uri)));
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

  connection.onCompletion(({ textDocument: { uri }, position }, token) =>
    answer(
      uri,
      token,
      (given) => completion(given, position),
      (document) => pythonCompletion(document, position, folders, facts, token),
      null,
    ),
  );
  connection.onHover(({ textDocument: { uri }, position }, token) =>
    answer(
      uri,
      token,
      (given) => hover(given, position),
      (document) => pythonHover(document, position, folders, facts, inWorkspace, token),
      null,
    ),
  );
  connection.onCodeLens(({ textDocument: { uri } }, token) =>
    answer(
      uri,
      token,
      async (given) => [...(await codeLenses(given))],
      (document) => [...pythonLenses(document, folders)],
      [],
    ),
  );
  connection.onDocumentSymbol(({ textDocument: { uri } }, token) =>
    answer(uri, token, async (given) => [...(await symbols(given))], undefined, []),
  );
  connection.onDocumentFormatting(({ textDocument: { uri } }, token) =>
    answer(
      uri,
      token,
      async ({ experiment: { document } }) => [...(await formatting(document, reader))],
      undefined,
      [],
    ),
  );
  connection.onCodeAction(({ textDocument: { uri }, context }, token) => {
    const fixes = (document: TextDocument): CodeAction[] => [
      ...codeActions(
        document,
        context.diagnostics.filter(({ source }) => source === "glassbox"),
      ),
    ];
    return answer(uri, token, ({ experiment: { document } }) => fixes(document), fixes, []);
  });
  connection.languages.inlayHint.on(({ textDocument: { uri }, range }, token) =>
    answer(uri, token, async (given) => [...(await inlayHints(given, range))], undefined, []),
  );

  /** Has the editor ask again for what stands between the lines. */
  const refresh = (): void => {
    if (refreshes)
      void connection.languages.inlayHint.refresh().then(
        () => connection.sendRequest("workspace/codeLens/refresh"),
        () => undefined,
      );
  };

  /** Cancels the running check of a text; the next change cancels it. */
  const judging = new Map<string, CancellationTokenSource>();
  const stop = (uri: string): void => {
    judging.get(uri)?.cancel();
    judging.delete(uri);
  };
  const judge = (document: TextDocument): void => {
    const { uri, version } = document;
    stop(uri);
    const running = new CancellationTokenSource();
    judging.set(uri, running);
    const say = (problems: readonly Problem[] | undefined): void =>
      void (
        problems &&
        !running.token.isCancellationRequested &&
        connection.sendDiagnostics({ uri, version, diagnostics: problems.map(asDiagnostic) })
      );
    if (!isExperiment(document)) {
      if (isPython(document) && !facts.restricted)
        setTimeout(
          () =>
            void (
              running.token.isCancellationRequested || pythonProblems(document, folders, facts, running.token).then(say)
            ),
          pauseMs.deep,
        ).unref();
      return;
    }
    if (version > 1) all.of(document).readAfter(pauseMs.quick);
    const given = asked(document, running.token);
    void quickProblems(given).then((problems) => {
      say(problems);
      setTimeout(
        () => void (running.token.isCancellationRequested || deepProblems(given).then(say)),
        pauseMs.deep - pauseMs.quick,
      ).unref();
    });
  };
  documents.onDidChangeContent(({ document }) => judge(document));
  documents.onDidClose(({ document: { uri } }) => {
    stop(uri);
    all.forget(uri);
    connection.sendDiagnostics({ uri, diagnostics: [] });
  });
  connection.onNotification(
    experimentRan.method,
    ({ uri, claims }: { readonly uri: string; readonly claims: Parameters<typeof all.claims.set>[1] }) => {
      all.claims.set(uri, claims);
      refresh();
    },
  );
  connection.onDidChangeConfiguration(({ settings }: { readonly settings: Partial<LanguageServerOptions> | null }) => {
    if (settings?.restricted === undefined || settings.restricted === facts.restricted) return;
    facts.restricted = settings.restricted;
    for (const document of documents.all()) judge(document);
    refresh();
  });

  documents.listen(connection);
  connection.listen();
}

/** Files change rarely compared with the frequency of hovers, so the list is cached. */
function rarely<T>(ask: () => Promise<T>, forMs = 20_000): () => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return () => {
    if (last === undefined || Date.now() - last.at > forMs) last = { at: Date.now(), answer: ask() };
    return last.answer;
  };
}
