export interface CommandContribution {
  readonly title: string;
  readonly category: "Glassbox";
  readonly icon?: string;
}

/** Every command a person can see. Its identifier is `glassbox.` and the name here. */
export const COMMANDS = {
  inspectModel: { title: "What Is This Model?", category: "Glassbox" },
  explain: { title: "Explain a Prediction", category: "Glassbox", icon: "$(eye)" },
  probeLayers: { title: "Probe Layers", category: "Glassbox", icon: "$(graph-line)" },
  openTextWorkbench: { title: "Open in the Text Workbench", category: "Glassbox", icon: "$(symbol-string)" },
  openWalkthrough: { title: "Open a Walkthrough", category: "Glassbox", icon: "$(mortar-board)" },
  visualizeUnit: { title: "What Does This Unit Look For?", category: "Glassbox", icon: "$(search)" },
  askAnalysis: { title: "Ask an Analysis…", category: "Glassbox" },
  runExperiment: { title: "Run Experiment", category: "Glassbox", icon: "$(play)" },
  checkExperiment: { title: "Check an Experiment's Claims", category: "Glassbox", icon: "$(check)" },
  restartEngine: { title: "Restart the Engine", category: "Glassbox" },
  explainFile: { title: "Explain This Model", category: "Glassbox" },
  openTextFile: { title: "Open This Model in the Text Workbench", category: "Glassbox" },
} as const satisfies Record<string, CommandContribution>;

export type CommandName = keyof typeof COMMANDS;
export type CommandId = `glassbox.${CommandName}`;

export const commandId = (name: CommandName): CommandId => `glassbox.${name}`;
