/** The view types of the panels that VS Code restores after a reload: each wakes the extension by its name. */
export const PANELS = {
  explain: "glassbox.explain",
  probe: "glassbox.probe",
  text: "glassbox.text",
  walkthrough: "glassbox.walkthrough",
  unit: "glassbox.unit",
} as const;

export type PanelName = keyof typeof PANELS;
