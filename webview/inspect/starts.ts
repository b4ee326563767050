import type { PanelName } from "../../src/protocol/panel.ts";
import { unitSites } from "../../src/protocol/unit-sites.ts";
import { isNetwork, type Inspected } from "./inspected.ts";

/** A panel that can be opened on a model. */
export interface Start {
  readonly panel: Exclude<PanelName, "inspect">;
  readonly title: string;
  /** What it shows, in one sentence. */
  readonly shows: string;
}

const ask: Start = {
  panel: "ask",
  title: "Ask an analysis",
  shows: "Every analysis that fits this model, with its options and its checks.",
};

const text: Start = {
  panel: "text",
  title: "Open in the text workbench",
  shows: "Tokens, next-token distributions, attention, the logit lens and patching on a prompt.",
};

/** The panels that a model fits, the most asked for first. */
export function startsOf(model: Inspected): readonly Start[] {
  if (!isNetwork(model)) return [text, ask];
  const explains = model.picture !== undefined && model.contract.heads.length > 0;
  const starts: readonly (Start | false)[] = [
    explains && {
      panel: "explain",
      title: "Explain a prediction",
      shows: "Which pixels of a picture the score rests on: gradients, integrated gradients, Grad-CAM.",
    },
    unitSites(model).length > 0 && {
      panel: "unit",
      title: "Look at units",
      shows: "The picture that activates a channel most, and real pictures that do.",
    },
    model.sites.length > 0 && {
      panel: "probe",
      title: "Probe layers",
      shows: "What a linear probe can read off each layer, next to its controls.",
    },
    ask,
  ];
  return starts.filter((start) => start !== false);
}
