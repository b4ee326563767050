import type { OptionValue } from "../../src/protocol/result.ts";
import type {
  Part,
  Question,
  Step,
  Walkthrough,
  WalkthroughInit,
  WalkthroughProgress,
} from "../../src/protocol/walkthrough.ts";
import { AnswerView } from "./AnswerView.tsx";
import { BlockView } from "./BlockView.tsx";
import { Citation } from "./Citation.tsx";
import { EndView } from "./EndView.tsx";
import { FigureView } from "./FigureView.tsx";
import { QuestionView } from "./QuestionView.tsx";
import type { Runs } from "./runs.ts";

interface Props {
  readonly walkthrough: Walkthrough;
  readonly step: Step;
  readonly progress: WalkthroughProgress;
  readonly runs: Runs;
  readonly onRun: (block: string, changes: Readonly<Record<string, OptionValue>>, model: string | undefined) => void;
  readonly onPredict: (question: string, value: number) => void;
  readonly onGo: (step: string) => void;
  readonly others: WalkthroughInit["others"];
  readonly onOther: (id: string) => void;
  readonly onPickModel: () => Promise<string | null>;
  readonly onOpen: (file: string, line: number) => void;
}

export function StepView(props: Props) {
  const { walkthrough, step } = props;
  return (
    <>
      {step.parts.map((part, i) => (
        <PartView key={`${step.id}${i}`} part={part} {...props} />
      ))}
      {step.kind === "citation" && <Citation paper={walkthrough.paper} />}
      {step === walkthrough.steps.at(-1) && <EndView {...props} />}
    </>
  );
}

function PartView({
  part,
  walkthrough,
  progress,
  runs,
  onRun,
  onPredict,
  onGo,
  onPickModel,
  onOpen,
}: Props & { readonly part: Part }) {
  switch (part.kind) {
    case "prose":
      // Rendered by the build from Glassbox's own files; no HTML passes through its renderer.
      return <div class="prose" dangerouslySetInnerHTML={{ __html: part.html }} />;
    case "block":
      return (
        <BlockView
          block={part.block}
          run={runs.of(part.block.id)}
          awaited={awaited(walkthrough, part.block.id, progress)}
          onRun={onRun}
          onCancel={() => runs.cancel(part.block.id)}
          onPickModel={onPickModel}
          onGo={onGo}
        />
      );
    case "figure":
      return <FigureView figure={part.figure} runs={runs} onRun={(block) => onRun(block, {}, undefined)} />;
    case "question":
      return (
        <QuestionView
          question={part.question}
          predicted={progress.predictions[part.question.id]}
          found={progress.found[part.question.id]}
          onPredict={(value) => onPredict(part.question.id, value)}
        />
      );
    case "answer": {
      const { question, step } = questionNamed(walkthrough, part.question);
      return (
        <AnswerView
          question={question}
          predicted={progress.predictions[question.id]}
          found={progress.found[question.id]}
          onGo={() => onGo(step)}
        />
      );
    }
    case "code":
      return (
        <figure class="code">
          <pre tabIndex={0} aria-label={`${part.code.file}, line ${part.code.line}`}>
            <code>{part.code.text}</code>
          </pre>
          <figcaption>
            <span>{part.code.says}</span>{" "}
            <button class="link" onClick={() => onOpen(part.code.file, part.code.line)}>
              {part.code.file}:{part.code.line}
            </button>
          </figcaption>
        </figure>
      );
  }
}

function questionNamed({ steps }: Walkthrough, id: string): { readonly question: Question; readonly step: string } {
  for (const step of steps)
    for (const part of step.parts)
      if (part.kind === "question" && part.question.id === id) return { question: part.question, step: step.id };
  throw new RangeError(`the build lets no answer pass without its question, but ${id} has none`);
}

/** The step of a question about this block that has no prediction yet: seeing the result first would spoil it. */
function awaited(
  { steps }: Walkthrough,
  block: string,
  { predictions, found }: WalkthroughProgress,
): string | undefined {
  return steps.find(({ parts }) =>
    parts.some(
      (part) =>
        part.kind === "question" &&
        part.question.truth.startsWith(`${block}/`) &&
        predictions[part.question.id] === undefined &&
        found[part.question.id] === undefined,
    ),
  )?.id;
}
