import { wrong, type Location } from "./problem.ts";

/** A Markdown file split into front matter, prose, and the fences that have a special language word. */
export type Segment =
  | { readonly kind: "prose"; readonly text: string; readonly line: number }
  | {
      readonly kind: "fence";
      readonly word: string;
      readonly info: string;
      readonly text: string;
      readonly line: number;
    };

export interface Sheet {
  readonly front: string;
  readonly segments: readonly Segment[];
}

const special = ["glassbox", "question", "answer", "figure", "code"] as const;
const fence = /^```(\w*)\s*(.*)$/;

/** `line` of a segment is that of its first line of text; the front matter's is 2. */
export function cutSheet(text: string, file: string): Sheet {
  const lines = text.replace(/\r\n/g, "\n").split("\n");
  if (lines[0] !== "---")
    throw wrong({ file, line: 1 }, "the file must begin with front matter between two lines of ---");
  const end = lines.indexOf("---", 1);
  if (end < 0) throw wrong({ file, line: 1 }, "the front matter is not closed by a line of ---");
  const segments: Segment[] = [];
  let prose: string[] = [];
  let proseLine = end + 2;
  const closeProse = (): void => {
    if (prose.some((line) => line.trim() !== ""))
      segments.push({ kind: "prose", text: prose.join("\n"), line: proseLine });
    prose = [];
  };
  for (let i = end + 1; i < lines.length; i++) {
    const [, word = "", info = ""] = fence.exec(lines[i]!) ?? [];
    if (!special.some((each) => each === word)) {
      if (prose.length === 0) proseLine = i + 1;
      prose.push(lines[i]!);
      continue;
    }
    closeProse();
    const location: Location = { file, line: i + 1 };
    const close = lines.indexOf("```", i + 1);
    if (close < 0) throw wrong(location, `the fence \`\`\`${word} is not closed`);
    segments.push({ kind: "fence", word, info: info.trim(), text: lines.slice(i + 1, close).join("\n"), line: i + 2 });
    i = close;
  }
  closeProse();
  return { front: lines.slice(1, end).join("\n"), segments };
}
