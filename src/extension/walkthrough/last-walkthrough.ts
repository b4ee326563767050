/** Where the last one is remembered: VS Code loses a panel's own state if the window is reloaded within seconds. */
export const LAST_WALKTHROUGH = "lastWalkthrough";
