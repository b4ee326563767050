import { displayToken } from "../../src/data/text/display-token.ts";
import type { TokenCard } from "../../src/protocol/language-model.ts";

export type ShownToken = Pick<TokenCard, "id" | "text" | "bytes" | "special">;

interface Props {
  /** What the row is: "clean", "prompt". */
  readonly name: string;
  readonly tokens: readonly ShownToken[];
  readonly chosen?: number | undefined;
  /** Under the pointer, here or in any view. */
  readonly lit: number | undefined;
  /** Marked as different from the other row. */
  readonly marked?: ReadonlySet<number> | undefined;
  readonly onLit: (position: number | undefined) => void;
  readonly onChoose?: ((position: number) => void) | undefined;
}

/** A text as the model reads it: token by token, with its id below, what cannot be seen made visible, and its bytes on hover. */
export function TokenStrip({ name, tokens, chosen, lit, marked, onLit, onChoose }: Props) {
  return (
    <ol class="tokens" aria-label={`Tokens: ${name}`} onPointerLeave={() => onLit(undefined)}>
      {tokens.map(({ id, text, bytes, special }, position) => {
        const shown = displayToken(text);
        const classes = [
          "token",
          special ? "special" : "",
          position === lit ? "lit" : "",
          marked?.has(position) ? "marked" : "",
        ]
          .filter(Boolean)
          .join(" ");
        const title = `position ${position}, id ${id}, ${special ? "special token" : hexOf(bytes)}`;
        return (
          <li key={position} onPointerEnter={() => onLit(position)}>
            {onChoose ? (
              <button
                class={classes}
                aria-pressed={position === chosen}
                title={title}
                aria-label={`${shown}, position ${position}, id ${id}`}
                onFocus={() => onLit(position)}
                onBlur={() => onLit(undefined)}
                onClick={() => onChoose(position)}
              >
                {shown}
              </button>
            ) : (
              <span class={classes} title={title}>
                {shown}
                {marked?.has(position) && <span class="hidden"> (differs)</span>}
              </span>
            )}
            <span class="id" aria-hidden={onChoose !== undefined}>
              {id}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

const shownBytes = 12;

const hexOf = (bytes: Uint8Array): string =>
  `bytes ${Array.from(bytes.subarray(0, shownBytes), (byte) => byte.toString(16).padStart(2, "0")).join(" ")}${bytes.length > shownBytes ? " …" : ""}`;

/** A token's name in a grid: its text, or its position where the text is empty. */
export const nameOf = ({ text }: ShownToken, position: number): string => displayToken(text) || `${position}`;
