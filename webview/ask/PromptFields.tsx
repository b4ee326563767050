import type { Prompt } from "../../src/protocol/language-model.ts";
import { readToken, tokenText } from "../../src/protocol/prompt-text.ts";
import type { PromptSubject } from "../../src/protocol/question.ts";
import { DraftInput } from "../lib/DraftInput.tsx";

interface Props {
  readonly subject: PromptSubject;
  readonly onChange: (subject: PromptSubject) => void;
}

/** A prompt, and for a pair the one that it is compared with and the two answers. */
export function PromptFields({ subject, onChange }: Props) {
  const { prompt, corrupted, answer, wrong } = subject;
  const paired = corrupted !== undefined || answer !== undefined || wrong !== undefined;
  const token = (label: string, name: "answer" | "wrong") => (
    <label title="The token's text, with the space that it begins with, or # and its id">
      {label}
      <DraftInput
        value={subject[name] === undefined ? "" : tokenText(subject[name])}
        onCommit={(text) => onChange({ ...subject, [name]: text === "" ? undefined : readToken(text) })}
      />
    </label>
  );
  return (
    <>
      <PromptField label="Prompt" prompt={prompt} onChange={(changed) => onChange({ ...subject, prompt: changed })} />
      <details open={paired}>
        <summary>
          <span>Compared with another prompt</span>
        </summary>
        <div class="editor">
          <PromptField
            label="Corrupted prompt"
            prompt={corrupted ?? { text: "" }}
            onChange={(changed) =>
              onChange({ ...subject, corrupted: "text" in changed && changed.text === "" ? undefined : changed })
            }
          />
          {token("Right answer", "answer")}
          {token("Wrong answer", "wrong")}
        </div>
      </details>
    </>
  );
}

function PromptField({
  label,
  prompt,
  onChange,
}: {
  readonly label: string;
  readonly prompt: Prompt;
  readonly onChange: (prompt: Prompt) => void;
}) {
  if ("ids" in prompt)
    return (
      <label>
        {label}, token ids
        <DraftInput
          value={prompt.ids.join(" ")}
          onCommit={(text) => {
            const ids = text
              .split(/[\s,]+/)
              .filter(Boolean)
              .map(Number);
            if (!ids.every((id) => Number.isInteger(id) && id >= 0)) return false;
            onChange({ ids });
            return true;
          }}
        />
      </label>
    );
  return (
    <label>
      {label}
      <textarea
        rows={2}
        value={prompt.text}
        onInput={(event) => onChange({ ...prompt, text: event.currentTarget.value })}
      />
    </label>
  );
}
