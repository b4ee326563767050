import type { CancellationToken } from "vscode-jsonrpc/node";
import type { EngineClient } from "../client/engine-client.ts";
import type { AnalysisCard } from "../protocol/analysis-card.ts";
import type { ExitCode } from "./exit-code.ts";
import type { Arguments, FlagTable } from "./flags.ts";

/** A sub-command. The parser and the help use the same table of flags. */
export interface Command {
  readonly name: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  /** After `glassbox <name>`, e.g. `<model> <image>`. */
  readonly usage: string;
  /** The required positional arguments, in order. */
  readonly positionals: readonly string[];
  /** Optional positional arguments. */
  readonly further?: readonly string[];
  readonly flags: FlagTable;
  /** Selects the analyses whose options are also flags. */
  readonly analyses?: (cards: readonly AnalysisCard[], given: Arguments) => readonly AnalysisCard[];
  run(session: Session): Promise<ExitCode>;
}

/** The context of a command. */
export interface Session {
  readonly given: Arguments;
  readonly engine: EngineClient;
  /** All there are. Asked of the engine already where the command takes their options as flags. */
  readonly analyses: () => Promise<readonly AnalysisCard[]>;
  /** Set by Ctrl+C. */
  readonly token: CancellationToken;
  /** Prints a line of the result; what a terminal would obey in it is spelled. */
  readonly say: (line: string) => void;
  /** Prints a text or a document of several lines, byte for byte into a pipe. */
  readonly sayText: (text: string) => void;
  /** Prints a line to standard error, which is not part of the result. */
  readonly remark: (line: string) => void;
}
