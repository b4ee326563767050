import type { Question, Walkthrough, WalkthroughInit, WalkthroughProgress } from "../../src/protocol/walkthrough.ts";
import { scoreOf } from "../../src/walkthrough/score.ts";
import { questionsOf, tally } from "./tally.ts";

interface Props {
  readonly walkthrough: Walkthrough;
  readonly progress: WalkthroughProgress;
  readonly others: WalkthroughInit["others"];
  readonly onOther: (id: string) => void;
}

/** The end: what was predicted, what is known now, and where to go from here. */
export function EndView({ walkthrough, progress, others, onOther }: Props) {
  const questions = questionsOf(walkthrough);
  const next = others.find(({ id }) => id === walkthrough.next);
  return (
    <section class="end" aria-label="The end">
      {questions.length > 0 && (
        <>
          <h3>Your score</h3>
          <p>{tally(walkthrough, progress)}.</p>
          <ul class="scores">
            {questions.map((question) => (
              <li key={question.id}>
                <span dangerouslySetInnerHTML={{ __html: question.ask }} />{" "}
                <ScoreOf question={question} {...progress} />
              </li>
            ))}
          </ul>
        </>
      )}
      {walkthrough.learnt.length > 0 && (
        <>
          <h3>What you know now</h3>
          <ul>
            {walkthrough.learnt.map((html) => (
              <li key={html} dangerouslySetInnerHTML={{ __html: html }} />
            ))}
          </ul>
        </>
      )}
      {next && (
        <p>
          Go on with{" "}
          <button class="link" onClick={() => onOther(next.id)}>
            {next.title}
          </button>
          , about {next.minutes} minutes.
        </p>
      )}
    </section>
  );
}

function ScoreOf({
  question,
  predictions,
  found,
}: Pick<WalkthroughProgress, "predictions" | "found"> & { readonly question: Question }) {
  const [predicted, truth] = [predictions[question.id], found[question.id]];
  if (predicted === undefined) return <span class="quiet">not predicted</span>;
  if (truth === undefined) return <span class="quiet">not run yet</span>;
  return <strong>{scoreOf(question, predicted, truth)} of 100</strong>;
}
