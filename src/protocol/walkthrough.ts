/**
 * A paper to step through: what the player shows and what crosses to its panel. Files of a walkthrough are read by
 * src/walkthrough; the build renders their Markdown and formulas, so a panel gets HTML and runs no renderer.
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
  /** How the citation was checked, in a sentence: readers should be able to do the same. */
  readonly checked: string;
}

export interface Walkthrough {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly minutes: number;
  readonly paper: PaperCard;
  readonly steps: readonly Step[];
}

export interface Step {
  /** Its file's name without number and ending; unique in the walkthrough. */
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

/** Something that runs: an experiment. */
export interface Block {
  /** Unique in the walkthrough: figures and questions speak of it. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** Where the text begins, for errors: file relative to the walkthrough, line counted from one. */
  readonly file: string;
  readonly line: number;
  /** The options that a reader is invited to change. */
  readonly controls: readonly Control[];
  /** Whether a reader's own model may take the place of the block's. */
  readonly yours: boolean;
}

export interface Control {
  /** `analysis.option`. */
  readonly option: string;
  readonly label: string;
  readonly choices: readonly OptionValue[];
}

/** A drawing of what blocks found. Readings are `block/analysis.…`. */
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
  /** What is true is read off a run, never written down: `block/analysis.…`, times `scale`. */
  readonly truth: string;
  readonly scale: number;
  readonly answer:
    | {
        readonly kind: "slider";
        readonly from: number;
        readonly to: number;
        readonly step: number;
        readonly unit: string;
        /** So far off is still right. */ readonly near: number;
      }
    | { readonly kind: "choice"; readonly choices: readonly Choice[] };
  /** Said once the truth is known. */
  readonly why: string;
}

/** The choice that is right is the one in whose range the truth lies. */
export interface Choice {
  readonly say: string;
  readonly from: number;
  readonly to: number;
}

/** Lines of Glassbox's own source, cut out of the file by the build, so that they cannot drift. */
export interface Excerpt {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly says: string;
}

/** Of one block: its tasks' answers, the numbers that the walkthrough speaks of, and the claims judged. */
export interface BlockOutcome {
  readonly block: string;
  readonly tasks: readonly TaskOutcome<ShownData>[];
  /** By the name that figures and questions use, without `block/`. */
  readonly readings: Readonly<Record<string, number>>;
  readonly claims: readonly ClaimOutcome[];
  readonly cancelled: boolean;
  /** The picture under the maps; none for raw tensors. */
  readonly picture: { readonly width: number; readonly height: number; readonly rgb: Uint8Array } | undefined;
}

/** What a reader has done: kept by the editor over reloads. */
export interface WalkthroughProgress {
  readonly step: string | undefined;
  readonly visited: readonly string[];
  /** Committed predictions by question: a number of the slider, or the index of the choice. */
  readonly predictions: Readonly<Record<string, number>>;
  /** What the runs found, by question: kept so that a score survives a reload. */
  readonly found: Readonly<Record<string, number>>;
}

export const noProgress: WalkthroughProgress = { step: undefined, visited: [], predictions: {}, found: {} };

export interface WalkthroughGreeting {
  readonly walkthrough: Walkthrough;
  readonly progress: WalkthroughProgress;
  /** All there are, to change between. */
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

export const greetWalkthrough = new RequestType0<WalkthroughGreeting, Failure>("walkthrough/greet");
export const runBlock = new RequestType<RunBlockParams, BlockOutcome, Failure>("walkthrough/run");
export const blockEvent = new NotificationType<BlockEvent>("walkthrough/event");
export const keepProgress = new NotificationType<WalkthroughProgress>("walkthrough/keep");
/** Opens the source of an excerpt beside; false where this installation has none, and the excerpt is all there is. */
export const openExcerpt = new RequestType<{ readonly file: string; readonly line: number }, boolean, Failure>(
  "walkthrough/openExcerpt",
);
/** A dialog or a pick; `null` if it was closed. */
export const pickModel = new RequestType0<string | null, Failure>("walkthrough/pickModel");
export const openAnother = new NotificationType<{ readonly id: string }>("walkthrough/open");
