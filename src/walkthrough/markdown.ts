/** Renders a formula's TeX source. Only the build has a renderer; checks only need to know that there is a formula. */
export type RenderFormula = (tex: string, display: boolean) => string;

/** Lines of code between two fences, of which the first may name the language. */
const codeFence = /^```\w*\n([\s\S]*?)\n```$/m;

/**
 * Prose as the walkthroughs use it: paragraphs, headings, lists, tables, quotes, emphasis, code, links, formulas. HTML
 * is escaped.
 */
export function renderMarkdown(text: string, formula: RenderFormula): string {
  // Every other part is what a fence holds.
  return text
    .split(codeFence)
    .map((part, i) => (i % 2 === 1 ? renderCode(part) : renderProse(part, formula)))
    .filter((html) => html !== "")
    .join("\n");
}

const renderCode = (code: string): string =>
  `<pre tabindex="0" role="region" aria-label="Code"><code>${escapeHtml(code)}</code></pre>`;

function renderProse(text: string, formula: RenderFormula): string {
  const blocks = text.trim() === "" ? [] : text.trim().split(/\n{2,}/);
  return blocks.map((block) => renderBlock(block.split("\n"), formula)).join("\n");
}

function renderBlock(lines: readonly string[], formula: RenderFormula): string {
  const [first = ""] = lines;
  const inline = (words: string): string => renderInline(words, formula);
  const heading = /^(#{2,4}) (.*)$/.exec(first);
  if (heading)
    return `<h${heading[1]!.length}>${inline(heading[2]!)}</h${heading[1]!.length}>${lines.length > 1 ? renderBlock(lines.slice(1), formula) : ""}`;
  const whole = lines.join("\n");
  const display = /^\$\$([\s\S]+)\$\$$/.exec(whole.trim());
  if (display)
    return `<div class="formula" tabindex="0" role="group" aria-label="Formula">${formula(display[1]!.trim(), true)}</div>`;
  if (lines.every((line) => /^(- |  )/.test(line)))
    return `<ul>${items(lines, /^- /)
      .map((item) => `<li>${inline(item)}</li>`)
      .join("")}</ul>`;
  if (/^\d+\. /.test(first))
    return `<ol>${items(lines, /^\d+\. /)
      .map((item) => `<li>${inline(item)}</li>`)
      .join("")}</ol>`;
  if (lines.every((line) => line.startsWith("> ")))
    return `<blockquote><p>${inline(lines.map((line) => line.slice(2)).join(" "))}</p></blockquote>`;
  if (lines.length > 2 && lines.every((line) => /^\|.*\|$/.test(line))) return table(lines, inline);
  return `<p>${inline(lines.join(" "))}</p>`;
}

/** A line that does not begin an item continues the previous item. */
const items = (lines: readonly string[], mark: RegExp): readonly string[] =>
  lines.reduce<string[]>((found, line) => {
    if (mark.test(line)) found.push(line.replace(mark, ""));
    else found[found.length - 1] += ` ${line.trim()}`;
    return found;
  }, []);

function table([head, _rule, ...rows]: readonly string[], inline: (words: string) => string): string {
  const cells = (row: string): string[] =>
    row
      .slice(1, -1)
      .split("|")
      .map((cell) => inline(cell.trim()));
  const body = rows.map(
    (row) =>
      `<tr>${cells(row)
        .map((cell, i) => (i === 0 ? `<th scope="row">${cell}</th>` : `<td>${cell}</td>`))
        .join("")}</tr>`,
  );
  return `<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><thead><tr>${cells(head!)
    .map((cell) => `<th scope="col">${cell}</th>`)
    .join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

const token = /`([^`]+)`|\$([^$]+)\$|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\((https?:[^)\s]+)\)/g;

export function renderInline(text: string, formula: RenderFormula): string {
  let html = "";
  let at = 0;
  for (const match of text.matchAll(token)) {
    const [whole, code, tex, strong, emphasis, label, link] = match;
    html += escapeHtml(text.slice(at, match.index));
    at = match.index + whole.length;
    if (code !== undefined) html += `<code>${escapeHtml(code)}</code>`;
    else if (tex !== undefined) html += formula(tex, false);
    else if (strong !== undefined) html += `<strong>${renderInline(strong, formula)}</strong>`;
    else if (emphasis !== undefined) html += `<em>${renderInline(emphasis, formula)}</em>`;
    else html += `<a href="${escapeHtml(link!)}">${renderInline(label!, formula)}</a>`;
  }
  return html + escapeHtml(text.slice(at));
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
