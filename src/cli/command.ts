import type { CancellationToken } from "vscode-jsonrpc/node";
import type { EngineClient } from "../client/engine-client.ts";
import type { AnalysisCard } from "../protocol/analysis-card.ts";
import type { ExitCode } from "./exit-code.ts";
import type { Arguments, FlagTable } from "./flags.ts";

/** A sub-command. Its flags are a table, from which both parser and help are made. */
export interface Command {
  readonly name: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  /** After `glassbox <name>`, e.g. `<model> <image>`. */
  readonly usage: string;
  /** What stands in `usage`, in order; all are needed. */
  readonly positionals: readonly string[];
  /** What may follow them. */
  readonly further?: readonly string[];
  readonly flags: FlagTable;
  /** The analyses whose options are flags as well, of all there are. */
  readonly analyses?: (cards: readonly AnalysisCard[], given: Arguments) => readonly AnalysisCard[];
  run(session: Session): Promise<ExitCode>;
}

/** What a command works with. */
export interface Session {
  readonly given: Arguments;
  readonly engine: EngineClient;
  /** All there are. Asked of the engine already where the command takes their options as flags. */
  readonly analyses: () => Promise<readonly AnalysisCard[]>;
  /** Set by Ctrl+C. */
  readonly token: CancellationToken;
  /** A line of the result. */
  readonly say: (line: string) => void;
  /** A line for the person only, never part of the result. */
  readonly remark: (line: string) => void;
}
