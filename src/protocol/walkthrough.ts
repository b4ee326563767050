/**
 * A paper as a series of steps: what the player shows, and its messages. src/walkthrough reads the files; the build
 * renders their Markdown and formulas, so that a panel gets HTML and needs no renderer.
 */
import { NotificationType, RequestType, RequestType0 } from "vscode-jsonrpc";
import type { Failure } from "./engine.ts";
import type { ClaimOutcome, TaskOutcome } from "./experiment.ts";
import type { ShownData } from "./answer-data.ts";
import type { Progress, OptionValue } from "./result.ts";

export const stepKinds = ["hook", "predict", "run", "score", "break", "yours", "limits", "citation"] as const;
export type StepKind = (typeof stepKinds)[number];

export interface PaperCard {
  readonly title: string;
  readonly authors: string;
  readonly year: number;
  readonly link: string;
  readonly citationStatus: "verified" | "unverified";
  /** How the citation was checked, in a sentence, so that readers can repeat it. */
  readonly checked: string;
}

export interface Walkthrough {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly minutes: number;
  /** What a reader knows at the end, as sentences in HTML. */
  readonly learnt: readonly string[];
  /** The id of the walkthrough that goes on from here. */
  readonly next: string | undefined;
  readonly paper: PaperCard;
  readonly steps: readonly Step[];
}

export interface Step {
  /** The file name without number and extension; unique in the walkthrough. */
  readonly id: string;
  readonly kind: StepKind;
  readonly title: string;
  readonly parts: readonly Part[];
}

export type Part =
  | { readonly kind: "prose"; readonly html: string }
  | { readonly kind: "block"; readonly block: Block }
  | { readonly kind: "figure"; readonly figure: Figure }
  | { readonly kind: "question"; readonly question: Question }
  | { readonly kind: "answer"; readonly question: string }
  | { readonly kind: "code"; readonly code: Excerpt };

/** A runnable experiment. */
export interface Block {
  /** Unique in the walkthrough; figures and questions refer to it. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** Where the text begins, for error messages: the file relative to the walkthrough, and the line counted from one. */
  readonly file: string;
  readonly line: number;
  /** The options that a reader is invited to change. */
  readonly controls: readonly Control[];
  /** Whether a reader may replace the model with their own. */
  readonly yours: boolean;
}

export interface Control {
  /** `analysis.option`. */
  readonly option: string;
  readonly label: string;
  readonly choices: readonly OptionValue[];
}

/** A figure of blocks' results. Readings are `block/analysis.…`. */
export type Figure =
  | {
      readonly kind: "bars";
      readonly title: string;
      readonly unit: string;
      readonly scale: number;
      readonly bars: readonly { readonly label: string; readonly reading: string }[];
    }
  | {
      readonly kind: "lines";
      readonly title: string;
      readonly unit: string;
      readonly scale: number;
      readonly labels: readonly string[];
      readonly lines: readonly { readonly label: string; readonly readings: readonly string[] }[];
    }
  | {
      readonly kind: "maps";
      readonly title: string;
      readonly maps: readonly { readonly label: string; readonly result: string }[];
    };

export interface Question {
  readonly id: string;
  readonly ask: string;
  /** The true value is read from a run, never written down: `block/analysis.…`, times `scale`. */
  readonly truth: string;
  readonly scale: number;
  readonly answer:
    | {
        readonly kind: "slider";
        readonly from: number;
        readonly to: number;
        readonly step: number;
        readonly unit: string;
        /** The tolerance within which an answer is right. */ readonly near: number;
      }
    | { readonly kind: "choice"; readonly choices: readonly Choice[] };
  /** The explanation shown after the true value is known. */
  readonly why: string;
}

/** The right choice is the one whose range contains the true value. */
export interface Choice {
  readonly say: string;
  readonly from: number;
  readonly to: number;
}

/** Lines of Glassbox's source, extracted by the build, so that they are always current. */
export interface Excerpt {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly says: string;
}

/** The outcome of one block: its tasks' answers, the numbers that the walkthrough refers to, and the checked claims. */
export interface BlockOutcome {
  readonly block: string;
  readonly tasks: readonly TaskOutcome<ShownData>[];
  /** Values by the names that figures and questions use, without `block/`. */
  readonly readings: Readonly<Record<string, number>>;
  readonly claims: readonly ClaimOutcome[];
  readonly cancelled: boolean;
  /** The picture under the maps; unset for raw tensors. */
  readonly picture: { readonly width: number; readonly height: number; readonly rgb: Uint8Array } | undefined;
}

/** A reader's progress. The editor keeps it across reloads. */
export interface WalkthroughProgress {
  readonly step: string | undefined;
  readonly visited: readonly string[];
  /** Committed predictions by question: the slider's number, or the index of the choice. */
  readonly predictions: Readonly<Record<string, number>>;
  /** The true values by question, kept so that scores survive a reload. */
  readonly found: Readonly<Record<string, number>>;
  /** The blocks that were run to their end as they are written: their answers are kept, so they are shown again at once. */
  readonly ran?: readonly string[];
}

export const noProgress: WalkthroughProgress = { step: undefined, visited: [], predictions: {}, found: {}, ran: [] };

export interface WalkthroughInit {
  readonly walkthrough: Walkthrough;
  readonly progress: WalkthroughProgress;
  /** All walkthroughs, to switch between. */
  readonly others: readonly { readonly id: string; readonly title: string; readonly minutes: number }[];
}

export interface RunBlockParams {
  readonly job: string;
  readonly block: string;
  /** Values of the block's controls that differ from its text. */
  readonly changes: Readonly<Record<string, OptionValue>>;
  /** A reader's own model. */
  readonly model?: string | undefined;
}

export interface BlockEvent {
  readonly job: string;
  /** e.g. "gl50, 1 of 3". */
  readonly what: string;
  readonly progress: Progress;
}

export const initializeWalkthrough = new RequestType0<WalkthroughInit, Failure>("walkthrough/greet");
export const runBlock = new RequestType<RunBlockParams, BlockOutcome, Failure>("walkthrough/run");
export const blockEvent = new NotificationType<BlockEvent>("walkthrough/event");
export const keepProgress = new NotificationType<WalkthroughProgress>("walkthrough/keep");
/** Opens the source of an excerpt to the side. Returns false if this installation ships no sources. */
export const openExcerpt = new RequestType<{ readonly file: string; readonly line: number }, boolean, Failure>(
  "walkthrough/openExcerpt",
);
/** Lets the reader pick a model; `null` if the dialog was closed. */
export const pickModel = new RequestType0<string | null, Failure>("walkthrough/pickModel");
export const openAnother = new NotificationType<{ readonly id: string }>("walkthrough/open");
