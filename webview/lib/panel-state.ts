/** What the state of every panel has. The rest is intent: what a reload needs to ask the same questions again. */
export interface PanelState {
  readonly version: 1;
  /** Tells panels of one kind and model apart. */
  readonly panel: string;
  readonly model: string;
}

export const newPanelState = (model: string): PanelState => ({ version: 1, panel: crypto.randomUUID(), model });

/** What was saved or asked for on top of `initial`; nothing if another version wrote it. */
export function restored<S extends PanelState>(saved: unknown, initial: (model: string) => S): S | undefined {
  const state = saved as Partial<S> | null | undefined;
  if (state?.version !== 1 || typeof state.model !== "string") return undefined;
  const known = Object.entries(state).filter(([, value]) => value !== undefined);
  return { ...initial(state.model), ...Object.fromEntries(known) } as S;
}

/** The newer of two: what the host remembers of this very panel is never older than what VS Code saved. */
export const newerState = <S extends PanelState>(own: S | undefined, remembered: S | undefined): S | undefined =>
  remembered && (own === undefined || remembered.panel === own.panel) ? remembered : own;
