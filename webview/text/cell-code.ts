/** A sweep's TransformerLens program for one cell of its grid: the line that names the cell names this one. */
export const cellCode = (program: string, layer: number, column: number): string =>
  program.replace(/^(layer, (?:head|position)) = \d+, \d+(?=\s+# the cell$)/m, `$1 = ${layer}, ${column}`);
