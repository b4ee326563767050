import path from "node:path";
import { fileURLToPath } from "node:url";
import type { CancellationToken } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { isLocalPath } from "../../files/local-path.ts";
import type { ClaimOutcome } from "../../protocol/experiment.ts";
import type { Reading } from "../reading/reading.ts";

type Read = (text: string) => Promise<Reading | undefined>;

/**
 * An experiment that is open in an editor. Its lines are always current. Parsing a long file takes a moment, so it
 * happens on another thread once the person pauses.
 */
export class OpenExperiment {
  readonly document: TextDocument;
  readonly #read: Read;
  #lines: { readonly version: number; readonly lines: readonly string[] } | undefined;
  #current: { readonly version: number; readonly reading: Reading | undefined } | undefined;
  #lastGood: Reading | undefined;
  #timer: NodeJS.Timeout | undefined;
  #busy = false;
  #closed = false;
  #waiting: (() => void)[] = [];

  constructor(document: TextDocument, read: Read) {
    this.document = document;
    this.#read = read;
  }

  get lines(): readonly string[] {
    const { version } = this.document;
    if (this.#lines?.version !== version) this.#lines = { version, lines: this.document.getText().split(/\r?\n/) };
    return this.#lines.lines;
  }

  /** The last reading that parsed. It may be a few keystrokes old, but is available immediately. */
  get lastGood(): Reading | undefined {
    return this.#lastGood;
  }

  /** The reading of the current text; `undefined` if the wait is cancelled. */
  async reading(token: CancellationToken): Promise<Reading | undefined> {
    while (this.#current?.version !== this.document.version && !this.#closed && !token.isCancellationRequested) {
      if (this.#timer === undefined && !this.#busy) this.readAfter(0);
      await this.#next(token);
    }
    return token.isCancellationRequested ? undefined : this.#current?.reading;
  }

  /** Called when the text changes. It is read after a pause without further changes. */
  readAfter(pauseMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#busy) void this.#readNow();
    }, pauseMs);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#settle();
  }

  /** Unsaved documents have no folder, so their relative paths cannot be resolved. */
  get file(): string | undefined {
    return this.document.uri.startsWith("file:") ? fileURLToPath(this.document.uri) : undefined;
  }

  get folder(): string | undefined {
    return this.file && path.dirname(this.file);
  }

  /** The model's file, from the line that names it. */
  get model(): string | undefined {
    const line = this.lines.find((each) => /^model:/.test(each));
    const value = line && /^model:\s+(?:"([^"]*)"|'([^']*)'|([^#]*))/.exec(line);
    const name = (value?.[1] ?? value?.[2] ?? value?.[3] ?? "").trim();
    return name && isLocalPath(name) && this.folder ? path.resolve(this.folder, name) : undefined;
  }

  async #readNow(): Promise<void> {
    this.#busy = true;
    const { version } = this.document;
    const reading = await this.#read(this.document.getText());
    this.#busy = false;
    if (reading?.experiment) this.#lastGood = reading;
    this.#current = { version, reading };
    this.#settle();
  }

  #settle(): void {
    for (const each of this.#waiting.splice(0)) each();
  }

  /** Settles with the next reading, or when the token is cancelled. */
  #next(token: CancellationToken): Promise<void> {
    return new Promise((resolve) => {
      const cancelled = token.onCancellationRequested(() => resolve());
      this.#waiting.push(() => {
        cancelled.dispose();
        resolve();
      });
    });
  }
}

/** The open experiments, and what their last runs found. */
export class OpenExperiments {
  readonly #read: Read;
  readonly #open = new Map<string, OpenExperiment>();
  readonly claims = new Map<string, readonly ClaimOutcome[]>();

  constructor(read: Read) {
    this.#read = read;
  }

  of(document: TextDocument): OpenExperiment {
    const known = this.#open.get(document.uri);
    if (known?.document === document) return known;
    known?.close();
    const experiment = new OpenExperiment(document, this.#read);
    this.#open.set(document.uri, experiment);
    return experiment;
  }

  forget(uri: string): void {
    this.#open.get(uri)?.close();
    this.#open.delete(uri);
    this.claims.delete(uri);
  }
}
