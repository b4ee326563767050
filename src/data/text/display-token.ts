/** A token's text with invisible characters made visible: spaces as `·`, line ends as `⏎`, tabs as `⇥`, other control characters as escapes. */
export const displayToken = (text: string): string =>
  text
    .replaceAll(" ", "·")
    .replaceAll("\r\n", "␍⏎")
    .replaceAll("\n", "⏎")
    .replaceAll("\r", "␍")
    .replaceAll("\t", "⇥")
    .replace(
      /[\p{Cc}\p{Cf}\u2028\u2029\u00a0\u3000]/gu,
      (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
    );
