import { commandId, type CommandName } from "./commands.ts";
import { MODEL_FILES } from "./modelFiles.ts";

/** Set by the player; steps of the native walkthrough complete by them. */
export const CONTEXT_KEYS = {
  explained: "glassbox.explainOpened",
  read: "glassbox.textOpened",
  opened: "glassbox.walkthroughOpened",
  predicted: "glassbox.predicted",
  finished: "glassbox.walkthroughFinished",
} as const;
export type ContextKey = (typeof CONTEXT_KEYS)[keyof typeof CONTEXT_KEYS];

interface StartStep {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly media: { readonly svg: string; readonly altText: string };
  readonly completionEvents: readonly string[];
}

const command = (name: CommandName, words: string): string => `[${words}](command:${commandId(name)})`;

/** VS Code's own walkthrough: the way in. A step is done when what it speaks of was done. */
export const START_STEPS: readonly StartStep[] = [
  {
    id: "explain",
    title: "See what a prediction rests on",
    description: `Open an image classifier (${MODEL_FILES.explain.join(" or ")}) and a picture: Glassbox shows which pixels the score rests on, and how far you can trust the result.\n${command("explain", "Explain a Prediction")}`,
    media: {
      svg: "media/walkthrough/explain.svg",
      altText: "A photograph with a warm map over the part that the score rests on, and a check mark next to it.",
    },
    completionEvents: [`onContext:${CONTEXT_KEYS.explained}`],
  },
  {
    id: "text",
    title: "Look inside a language model",
    description: `Open a checkpoint (${MODEL_FILES.openTextWorkbench.join(" or ")}): Glassbox shows its tokens, and what each layer makes of them.\n${command("openTextWorkbench", "Open in the Text Workbench")}`,
    media: { svg: "media/walkthrough/text.svg", altText: "A grid of tokens by layers, some cells of it bright." },
    completionEvents: [`onContext:${CONTEXT_KEYS.read}`],
  },
  {
    id: "paper",
    title: "Step through a paper",
    description: `A walkthrough is a paper that you can run: it shows the formulas, runs the experiments, and checks the claims on your machine, offline.\n${command("openWalkthrough", "Open a Walkthrough")}`,
    media: { svg: "media/walkthrough/paper.svg", altText: "A page with a formula above a small bar chart." },
    completionEvents: [`onContext:${CONTEXT_KEYS.opened}`],
  },
  {
    id: "predict",
    title: "Commit a prediction",
    description: `In the walkthrough, say what you expect before it is computed. Glassbox keeps your prediction and scores it against the result.\n${command("openWalkthrough", "Go to the Walkthrough")}`,
    media: {
      svg: "media/walkthrough/predict.svg",
      altText: "A slider with a marked prediction and, apart from it, what was found.",
    },
    completionEvents: [`onContext:${CONTEXT_KEYS.predicted}`],
  },
  {
    id: "finish",
    title: "Finish a walkthrough",
    description: `Change one thing and see what breaks, run the experiment on your own model, and read what it does not show.\n${command("openWalkthrough", "Go to the Walkthrough")}`,
    media: { svg: "media/walkthrough/finish.svg", altText: "A row of steps, all of them ticked." },
    completionEvents: [`onContext:${CONTEXT_KEYS.finished}`],
  },
];

export const walkthroughs = () => [
  {
    id: "start",
    title: "Look inside a neural network",
    description: "Start with a picture and a model file, and end with a paper that you check yourself.",
    steps: START_STEPS,
  },
];
