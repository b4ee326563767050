import { useState } from "preact/hooks";
import { tokenize, type LanguageCard, type Prompt } from "../../src/protocol/language-model.ts";
import { Badge, worst } from "../lib/Badge.tsx";
import { useRequest } from "../lib/use-request.ts";
import { AttentionView } from "./AttentionView.tsx";
import { AttributionView } from "./AttributionView.tsx";
import { EditList } from "./Edits.tsx";
import { LensView } from "./LensView.tsx";
import { NextView } from "./NextView.tsx";
import { PatchView } from "./PatchView.tsx";
import { PromptEditor } from "./PromptEditor.tsx";
import type { TextState } from "./state.ts";
import { Tabs } from "./Tabs.tsx";
import { TokenStrip } from "./TokenStrip.tsx";
import { usePromptAnswer, type Engine } from "./use-prompt-answer.ts";
import { editsText, type ViewProps } from "./view.ts";
import { Waiting } from "./Waiting.tsx";

interface Props {
  readonly engine: Engine;
  readonly card: LanguageCard;
  readonly state: TextState;
  readonly change: (part: Partial<TextState>) => void;
  readonly say: (sentence: string) => void;
}

const shownTop = 10;

/** The prompt, its tokens, and the view that is chosen; a token under the pointer is lit in all of them. */
export function Workbench({ engine, card, state, change, say }: Props) {
  const [lit, onLit] = useState<number>();
  const [open, setOpen] = useState(false);
  const prompt: Prompt = { text: state.prompt, addBos: state.bos };
  const tokenized = useRequest(engine.connection, "Reading the prompt", tokenize, { model: engine.model, prompt });
  const empty = tokenized.value?.tokens.length === 0;
  const next = usePromptAnswer(
    engine,
    "Next tokens",
    "token-distributions",
    empty
      ? undefined
      : { subject: { kind: "prompt", prompt }, options: { top: shownTop, edits: editsText(state.edits) } },
  );
  const tokens = tokenized.value?.tokens ?? [];
  const position = Math.max(0, Math.min(tokens.length - 1, state.position ?? tokens.length - 1));
  const view: ViewProps = { engine, card, state, change, prompt, tokens, next, position, lit, onLit, say };
  const certificate = next.result?.certificate;
  const check = certificate && worst(certificate);
  const badge = check && {
    ...check,
    label: `parity ${check.value}`,
    sentence: certificate!.map(({ sentence }) => sentence).join(" "),
  };
  return (
    <>
      <PromptEditor
        prompt={state.prompt}
        bos={state.bos}
        tokenizer={card.tokenizer}
        tokenized={tokenized.value}
        onPrompt={(text) => change({ prompt: text, position: undefined })}
        onBos={(bos) => change({ bos })}
      />
      {tokenized.state === "failed" && <Waiting answer={tokenized} doing="Reading the prompt" />}
      {next.state === "failed" && state.view !== "next" && <Waiting answer={next} doing="Running the model" />}
      {state.view !== "patching" && tokens.length > 0 && (
        <TokenStrip
          name="prompt"
          tokens={tokens}
          chosen={position}
          lit={lit}
          onLit={onLit}
          onChoose={(chosen) => change({ position: chosen })}
        />
      )}
      <EditList edits={state.edits} onEdits={(edits) => change({ edits })} />
      <div class="tab-row">
        <Tabs view={state.view} onView={(chosen) => change({ view: chosen })} />
        {badge && <Badge check={badge} chosen={open} onOpen={() => setOpen(!open)} />}
      </div>
      {open && certificate && (
        <ul class="checks">
          {certificate.map(({ id, label, value, sentence }) => (
            <li key={id}>
              {label}: {value}. <span class="quiet">{sentence}</span>
            </li>
          ))}
        </ul>
      )}
      <div id="view" role="tabpanel" aria-labelledby={`tab-${state.view}`} data-view={state.view}>
        {empty ? <p class="quiet">The prompt is empty: type some text above.</p> : <View {...view} />}
      </div>
    </>
  );
}

function View(view: ViewProps) {
  switch (view.state.view) {
    case "next":
      return <NextView {...view} />;
    case "attention":
      return <AttentionView {...view} />;
    case "lens":
      return <LensView {...view} />;
    case "attribution":
      return <AttributionView {...view} />;
    case "patching":
      return <PatchView {...view} />;
  }
}
