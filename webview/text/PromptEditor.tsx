import { useEffect, useState } from "preact/hooks";
import type { Tokenized, TokenizerCard } from "../../src/protocol/language-model.ts";

interface Props {
  readonly prompt: string;
  readonly bos: boolean | undefined;
  readonly tokenizer: TokenizerCard | undefined;
  readonly tokenized: Tokenized | undefined;
  readonly onPrompt: (prompt: string) => void;
  readonly onBos: (bos: boolean | undefined) => void;
}

const restMs = 600;

/** Where the prompt is typed; it is asked as soon as typing rests, or at Enter. Shift and Enter make a new line. */
export function PromptEditor({ prompt, bos, tokenizer, tokenized, onPrompt, onBos }: Props) {
  const [text, setText] = useState(prompt);
  useEffect(() => setText(prompt), [prompt]);
  useEffect(() => {
    if (text === prompt) return;
    const timer = setTimeout(() => onPrompt(text), restMs);
    return () => clearTimeout(timer);
  }, [text, prompt]);
  return (
    <div class="prompt">
      <label class="hidden" for="prompt">
        Prompt
      </label>
      <textarea
        id="prompt"
        rows={1}
        value={text}
        spellcheck={false}
        placeholder="Type a text"
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={() => text !== prompt && onPrompt(text)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          onPrompt(text);
        }}
      />
      <p class="policy quiet">
        {tokenized && (
          <span>
            {tokenized.tokens.length} {tokenized.tokens.length === 1 ? "token" : "tokens"}
          </span>
        )}
        {tokenizer?.bos && (
          <label
            class="check"
            title={`${tokenizer.bosReason}. By default it is ${tokenizer.bosByDefault ? "put in front" : "not put in front"}.`}
          >
            <input
              type="checkbox"
              checked={bos ?? tokenizer.bosByDefault}
              onChange={(event) =>
                onBos(event.currentTarget.checked === tokenizer.bosByDefault ? undefined : event.currentTarget.checked)
              }
            />
            begin with <code>{tokenizer.bos.text}</code>
            {bos !== undefined && ", against the tokenizer’s policy"}
          </label>
        )}
        {tokenizer && !tokenizer.bos && <span>This tokenizer has no beginning-of-sequence token.</span>}
      </p>
    </div>
  );
}
