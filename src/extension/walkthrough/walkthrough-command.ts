import * as vscode from "vscode";
import { PANELS } from "../manifest/panels.ts";
import { CONTEXT_KEYS } from "../manifest/walkthroughs.ts";
import { stepDone } from "../step-done.ts";
import type { Surface } from "../surface.ts";
import { shippedWalkthroughs } from "./library.ts";
import { LAST_WALKTHROUGH } from "./last-walkthrough.ts";
import type { WalkthroughServices } from "./walkthrough-panel.ts";

/** Runs experiment blocks, so it brings their parser: evaluated when a walkthrough is opened, not when the extension is. */
const player = () => import("./walkthrough-panel.ts");

/** *Glassbox: Open a Walkthrough*, and its panels after a reload. */
export function walkthroughSurface(services: WalkthroughServices) {
  return {
    commands: {
      openWalkthrough: async (named?: unknown) => {
        const all = shippedWalkthroughs(services.context.extensionPath);
        const chosen = all.find(({ id }) => id === named) ?? (await pick(all));
        if (chosen === undefined) return;
        const panel = vscode.window.createWebviewPanel(PANELS.walkthrough, chosen.title, vscode.ViewColumn.Active, {
          enableScripts: true,
        });
        (await player()).serveWalkthroughPanel(panel, chosen, services);
        void stepDone(CONTEXT_KEYS.opened);
      },
    },
    panels: {
      walkthrough: async (panel, state: { readonly walkthrough?: unknown } | undefined) => {
        const { context } = services;
        const wanted = state?.walkthrough ?? context.workspaceState.get<string>(LAST_WALKTHROUGH);
        const found = shippedWalkthroughs(context.extensionPath).find(({ id }) => id === wanted);
        if (found === undefined) return panel.dispose();
        (await player()).serveWalkthroughPanel(panel, found, services);
      },
    },
  } satisfies Surface;
}

async function pick(all: ReturnType<typeof shippedWalkthroughs>): Promise<(typeof all)[number] | undefined> {
  const items = all.map((walkthrough) => ({
    label: walkthrough.title,
    description: `${walkthrough.minutes} minutes`,
    detail: `${walkthrough.paper.authors}, ${walkthrough.paper.year}`,
    walkthrough,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: "Glassbox: Open a Walkthrough",
    placeHolder: "Which paper?",
    matchOnDetail: true,
  });
  return chosen?.walkthrough;
}
