import type { Question } from "../../src/protocol/walkthrough.ts";
import { rightChoice, scoreOf, scoreRule } from "../../src/walkthrough/score.ts";
import { predictionWords } from "./QuestionView.tsx";

interface Props {
  readonly question: Question;
  readonly predicted: number | undefined;
  readonly found: number | undefined;
  /** To the question's step. */
  readonly onGo: () => void;
}

/** Predicted beside found, the score, and why it came out so. */
export function AnswerView({ question, predicted, found, onGo }: Props) {
  return (
    <section class="answer" aria-label="Predicted and found">
      <p class="asked" dangerouslySetInnerHTML={{ __html: question.ask }} />
      <dl>
        <dt>You said</dt>
        <dd>
          {predicted === undefined ? (
            <button class="link" onClick={onGo}>
              nothing yet
            </button>
          ) : (
            predictionWords(question, predicted)
          )}
        </dd>
        <dt>Found</dt>
        <dd>{found === undefined ? <span class="quiet">not run yet</span> : foundWords(question, found)}</dd>
        {predicted !== undefined && found !== undefined && (
          <>
            <dt>Score</dt>
            <dd>
              <span class="score">{scoreOf(question, predicted, found)} of 100</span>{" "}
              <span class="quiet">{scoreRule(question)}</span>
            </dd>
          </>
        )}
      </dl>
      {found !== undefined && <p class="why" dangerouslySetInnerHTML={{ __html: question.why }} />}
    </section>
  );
}

function foundWords({ answer }: Question, value: number): string {
  if (answer.kind === "choice")
    return answer.choices[rightChoice(answer.choices, value)]?.say ?? Number(value.toPrecision(3)).toString();
  return `${Number(value.toPrecision(3))}${answer.unit && ` ${answer.unit}`}`;
}
