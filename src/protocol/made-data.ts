/** Whether a dataset's reference names pictures that are made at once, and no path: `procedural[:…]` or `concepts[:…]`. */
export const isMadeData = (reference: string): boolean => /^(procedural|concepts)(:|$)/.test(reference);
