/** A share as a percentage with about three significant digits. */
export const percent = (share: number): string => `${(100 * share).toFixed(share >= 0.0995 || share === 0 ? 1 : 2)} %`;
