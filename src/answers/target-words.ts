/**
 * A target's text form in words: `logit:281 - logit:285` as `tabby − Egyptian cat`, `probability:3@own` as `probability
 * of cow, on its own pixels`.
 */
export function targetWords(target: string, names: readonly string[] | undefined): string {
  const named = (index: string, otherwise: string): string => names?.[Number(index)] ?? otherwise;
  return target
    .replaceAll(" - ", " − ")
    .replace(/^-score$/, names?.length === 2 ? names[0]! : "the score's negative")
    .replace(/^score$/, names?.length === 2 ? names[1]! : "the score")
    .replace(/\bnumber:(\d+)/g, (_text, index: string) => `number ${index}`)
    .replace(/\bprobability:(\d+)/g, (_text, index: string) => `probability of ${named(index, `class ${index}`)}`)
    .replace(
      /\bbox:(\d+):class:(\d+)/g,
      (_text, box: string, index: string) => `${named(index, `class ${index}`)} in box ${box}`,
    )
    .replace(/\bbox:(\d+):(\w+)/g, (_text, box: string, part: string) => `${part} of box ${box}`)
    .replace(/\blogit:(\d+)/g, (text, index: string) => named(index, text))
    .replace(
      /\bsimilarity:"([^"#]*)(?:#\w+)?"/g,
      (_text, file: string) => `likeness to ${file.replace(/^.*[/\\]/, "")}`,
    )
    .replace(/@own/g, ", on its own pixels")
    .replace(/@(\d+),(\d+),(\d+),(\d+)/g, ", rows $1 to $3, columns $2 to $4")
    .replace(/@(\d+),(\d+)/g, " at row $1, column $2")
    .replace(/@(\d+)/g, " at place $1");
}

/** What kind of number a target is, for the sentence that says what a map explains. */
export function targetNature(target: string): "logit" | "probability" | "number" {
  if (/\bprobability:/.test(target)) return "probability";
  return /\blogit:|\bscore\b/.test(target) && !/\bbox:/.test(target) ? "logit" : "number";
}
