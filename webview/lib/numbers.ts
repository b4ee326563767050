/** Three significant digits, never `-0`, with the sign where wanted. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "no number";
  const text = value === 0 || Math.abs(value) < 1e-12 ? "0" : Number(value.toPrecision(3)).toString();
  return text.replace("-", "−");
}

export const signed = (value: number): string =>
  value > 0 && figure(value) !== "0" ? `+${figure(value)}` : figure(value);

export const percent = (share: number): string => {
  const value = 100 * share;
  if (value !== 0 && Math.abs(value) < 0.01) return value > 0 ? "<0.01 %" : ">−0.01 %";
  return `${Number(value.toPrecision(Math.abs(value) < 9.95 ? 2 : 3))} %`.replace("-", "−");
};

/** For files and scripts: every digit, an ASCII minus. */
export const exact = (value: number): string => String(value);
