import { newPanelState, restored, type PanelState } from "../lib/panel-state.ts";

/** Intent only: what is searched for among the sites. */
export interface InspectState extends PanelState {
  readonly search: string;
}

export const initialState = (model: string): InspectState => ({ ...newPanelState(model), search: "" });

export const restoredState = (saved: unknown): InspectState | undefined => restored(saved, initialState);
