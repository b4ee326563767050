/** The TransformerLens program of a grid of patches, for one of its cells: the line that names the cell names this one. */
export const cellCode = (program: string, layer: number, column: number): string =>
  program.replace(/^(layer, (?:head|position)) = \d+, \d+(?=\s+# the cell$)/m, `$1 = ${layer}, ${column}`);
