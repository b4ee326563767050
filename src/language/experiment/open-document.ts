import path from "node:path";
import { fileURLToPath } from "node:url";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { parseExperiment, type Parsed } from "../../experiment/parse.ts";
import type { ClaimOutcome } from "../../protocol/experiment.ts";

/** An experiment that is open in an editor, read at most once for each of its states. */
export class OpenExperiment {
  readonly document: TextDocument;
  #lines: readonly string[] | undefined;
  #parsed: Parsed | undefined;

  constructor(document: TextDocument) {
    this.document = document;
  }

  get lines(): readonly string[] {
    return (this.#lines ??= this.document.getText().split(/\r?\n/));
  }

  /** Costs a moment on a long file: what must be quick reads lines instead. */
  get parsed(): Parsed {
    return (this.#parsed ??= parseExperiment(this.document.getText()));
  }

  /** A document that is not saved yet has no folder, so its names mean nothing yet. */
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
    return name && this.folder ? path.resolve(this.folder, name) : undefined;
  }
}

/** The open experiments, by version, and what their last runs found. */
export class OpenExperiments {
  readonly #open = new Map<string, { readonly version: number; readonly experiment: OpenExperiment }>();
  readonly claims = new Map<string, readonly ClaimOutcome[]>();

  of(document: TextDocument): OpenExperiment {
    const known = this.#open.get(document.uri);
    if (known?.version === document.version && known.experiment.document === document) return known.experiment;
    const experiment = new OpenExperiment(document);
    this.#open.set(document.uri, { version: document.version, experiment });
    return experiment;
  }

  forget(uri: string): void {
    this.#open.delete(uri);
    this.claims.delete(uri);
  }
}
