import type { Lowerings } from "./context.ts";

export const attention: Lowerings = {};
