import assert from "node:assert/strict";
import { test } from "node:test";
import { renderMarkdown } from "./markdown.ts";

const render = (text: string): string => renderMarkdown(text, (tex) => `<math>${tex}</math>`);

test("lines between fences stay as they are, with their blank lines and stars, and HTML in them is escaped", () => {
  assert.equal(
    render("Before *this*:\n\n```python\na = b * c * d\n\nif a < 1: pass\n```\n\nAfter."),
    '<p>Before <em>this</em>:</p>\n<pre tabindex="0" role="region" aria-label="Code"><code>a = b * c * d\n\nif a &#60; 1: pass</code></pre>\n<p>After.</p>',
  );
});

test("a fence that is not closed is prose, and code in a line is no fence", () => {
  assert.match(render("```python\na = 1"), /^<p>/);
  assert.equal(render("Call `f(x)` now."), "<p>Call <code>f(x)</code> now.</p>");
});
