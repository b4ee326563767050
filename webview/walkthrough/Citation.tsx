import type { PaperCard } from "../../src/protocol/walkthrough.ts";

/** The paper, and how its citation was checked. */
export function Citation({ paper }: { readonly paper: PaperCard }) {
  const verified = paper.citationStatus === "verified";
  return (
    <section class="citation" aria-label="Citation">
      <p>
        <cite>{paper.title}</cite>. {paper.authors}, {paper.year}. <a href={paper.link}>{paper.link}</a>
      </p>
      <p>
        <span class={verified ? "pass" : "warn"}>
          <span aria-hidden="true">{verified ? "✓" : "△"}</span> Citation {paper.citationStatus}.
        </span>{" "}
        {paper.checked}
      </p>
    </section>
  );
}
