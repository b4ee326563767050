import type { Architecture } from "./architecture.ts";
import { gpt2Architecture } from "./gpt2.ts";
import { llamaArchitecture } from "./llama.ts";

/** Families that can be run. Adding one is its file and a line here. */
export const architectures: readonly Architecture[] = [llamaArchitecture, gpt2Architecture];
