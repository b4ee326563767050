import { Section } from "./Section.tsx";
import { css, shade, useTheme } from "./theme.ts";

interface Props {
  readonly low: string;
  readonly middle?: string;
  readonly high: string;
  /** Whether it goes from −1 or from 0. */
  readonly signed: boolean;
  readonly note: string;
}

const steps = 12;

/** The colours of a grid and what they stand for. */
export function Scale({ low, middle, high, signed, note }: Props) {
  const theme = useTheme();
  const draw = (canvas: HTMLCanvasElement | null): void => {
    const context = canvas?.getContext("2d");
    if (!context) return;
    const count = 16 * steps;
    for (let i = 0; i < count; i++) {
      const at = i / (count - 1);
      context.fillStyle = css(shade(theme, signed ? 2 * at - 1 : at));
      context.fillRect(i, 0, 1, 1);
    }
  };
  return (
    <Section title="Scale">
      <canvas key={css(theme.background)} class="scale" width={16 * steps} height={1} ref={draw} aria-hidden="true" />
      <p class="ends">
        <span>{low}</span>
        {middle && <span>{middle}</span>}
        <span>{high}</span>
      </p>
      <p class="quiet">{note}</p>
    </Section>
  );
}
