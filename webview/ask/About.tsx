import type { AnalysisCard } from "../../src/protocol/analysis-card.ts";

/** What an analysis computes, before it is asked. */
export function About({ analysis: { title, summary, formula, cost, paper } }: { readonly analysis: AnalysisCard }) {
  return (
    <section class="about" aria-labelledby="about">
      <h2 id="about">{title}</h2>
      <p class="lead">{summary}</p>
      {formula && (
        <p>
          <code>{formula}</code>
        </p>
      )}
      <p class="quiet">
        Cost: {cost}.
        {paper && (
          <>
            {" "}
            <a href={paper.link}>
              {paper.authors}, {paper.year}: {paper.title}
            </a>
          </>
        )}
      </p>
    </section>
  );
}
