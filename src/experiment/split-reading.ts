/** `ig.certificate.completeness.net` is the path `certificate.completeness.net` of the analysis `ig`. */
export interface ReadingPath {
  readonly analysis: string;
  readonly path: string;
}

/** Splits after the analysis' name. Site names contain dots, so the longest matching name wins. */
export function splitReading(text: string, analyses: readonly string[]): ReadingPath | undefined {
  const fitting = analyses.filter((id) => text === id || text.startsWith(`${id}.`)).sort((a, b) => b.length - a.length);
  const [analysis] = fitting;
  return analysis === undefined || text === analysis ? undefined : { analysis, path: text.slice(analysis.length + 1) };
}
