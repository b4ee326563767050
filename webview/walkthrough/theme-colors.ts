import { useEffect, useState } from "preact/hooks";

/** What a canvas needs of VS Code's theme. */
export interface ThemeColors {
  readonly text: string;
  readonly grid: string;
  readonly font: string;
  readonly for: string;
  readonly against: string;
  readonly series: readonly string[];
}

/** Of now; a change of theme draws again. */
export function useThemeColors(): ThemeColors {
  const [colors, setColors] = useState(readColors);
  useEffect(() => {
    const observer = new MutationObserver(() => setColors(readColors()));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style"] });
    return () => observer.disconnect();
  }, []);
  return colors;
}

function readColors(): ThemeColors {
  const style = getComputedStyle(document.documentElement);
  const variable = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  const text = variable("--vscode-foreground", "#888");
  return {
    text,
    grid: variable("--vscode-panel-border", variable("--vscode-contrastBorder", "#8884")),
    font: variable("--vscode-font-family", "sans-serif"),
    for: variable("--for", "#ff9614"),
    against: variable("--against", "#3c8cff"),
    series: [
      variable("--for", "#ff9614"),
      variable("--against", "#3c8cff"),
      variable("--vscode-charts-green", "#89d185"),
      text,
      variable("--vscode-charts-purple", "#b180d7"),
    ],
  };
}
