import { useEffect, useState } from "preact/hooks";
import { blue, orange, type Rgb } from "../../src/data/colormap/colormap.ts";

/** What canvases need of VS Code's theme, as numbers. */
export interface Theme {
  readonly background: Rgb;
  readonly foreground: Rgb;
  readonly quiet: Rgb;
  readonly line: Rgb;
  readonly focus: Rgb;
  readonly font: string;
  readonly monospace: string;
}

/** The theme of now; a change of theme draws everything again. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(readTheme()));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
    observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    return () => observer.disconnect();
  }, []);
  return theme;
}

function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const variable = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  const background = rgbOf(variable("--vscode-editor-background", "#1e1e1e"));
  const foreground = rgbOf(variable("--vscode-foreground", "#cccccc"));
  return {
    background,
    foreground,
    quiet: rgbOf(variable("--vscode-descriptionForeground", "#9d9d9d")),
    line: mix(background, foreground, 0.14),
    focus: rgbOf(variable("--vscode-focusBorder", "#0078d4")),
    font: variable("--vscode-font-family", "sans-serif"),
    monospace: variable("--vscode-editor-font-family", "monospace"),
  };
}

let probe: OffscreenCanvasRenderingContext2D | undefined;

/** Any CSS colour, over nothing else. */
function rgbOf(color: string): Rgb {
  probe ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })!;
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, bluePart] = probe.getImageData(0, 0, 1, 1).data;
  return [red!, green!, bluePart!];
}

export const mix = (from: Rgb, to: Rgb, share: number): Rgb => {
  const channel = (i: 0 | 1 | 2): number => Math.round(from[i] + (to[i] - from[i]) * share);
  return [channel(0), channel(1), channel(2)];
};

export const css = ([red, green, bluePart]: Rgb): string => `rgb(${red} ${green} ${bluePart})`;

/** −1 is blue, 0 the background, 1 orange. */
export const shade = ({ background }: Theme, value: number): Rgb =>
  mix(background, value < 0 ? blue : orange, Math.min(1, Math.abs(value)));

/** Black or white, whichever reads better on a colour (WCAG 2 relative luminance). */
export function inkOn(color: Rgb): string {
  const linear = (level: number): number =>
    level / 255 <= 0.04045 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4;
  const luminance = 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
  return luminance > 0.179 ? "#000" : "#fff";
}
