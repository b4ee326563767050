/** Shares as people say them: three digits that are real. */
export const percent = (share: number): string => `${(100 * share).toFixed(share >= 0.0995 || share === 0 ? 1 : 2)} %`;
