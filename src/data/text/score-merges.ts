/**
 * SentencePiece's BPE has no list of merges: it joins the neighbours whose union has the best score, and the leftmost of
 * equals. That is equivalent to merges in order of descending score, one for every split of an entry into two entries. The
 * splits of one entry are ordered by ids, as in the conversion by Hugging Face's tokenizers.
 */
export function mergesOfScores(tokens: readonly string[], scores: readonly number[]): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges: {
    readonly pair: [string, string];
    readonly score: number;
    readonly left: number;
    readonly right: number;
  }[] = [];
  tokens.forEach((token, id) => {
    const characters = Array.from(token);
    if (characters.length > longest) return;
    let left = "";
    for (let cut = 1; cut < characters.length; cut++) {
      left += characters[cut - 1]!;
      const right = token.slice(left.length);
      const leftId = ids.get(left);
      const rightId = ids.get(right);
      if (leftId !== undefined && rightId !== undefined)
        merges.push({ pair: [left, right], score: scores[id]!, left: leftId, right: rightId });
    }
  });
  merges.sort((a, b) => b.score - a.score || a.left - b.left || a.right - b.right);
  return merges.map(({ pair }) => pair);
}

/** The limit in characters. SentencePiece learns entries of up to 16 by default; longer ones are runs of white space or tokens added by hand. */
const longest = 64;
