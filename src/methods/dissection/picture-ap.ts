/**
 * Average precision of a ranking: the mean, over the pictures that show the concept, of the precision among all pictures
 * down to it. Ties keep the order of the pictures.
 */
export function averagePrecision(scores: Float32Array, shows: (picture: number) => boolean): number {
  let [found, sum] = [0, 0];
  ranked(scores).forEach((picture, rank) => {
    if (shows(picture)) sum += ++found / (rank + 1);
  });
  return found === 0 ? 0 : sum / found;
}

/** The pictures, highest score first. */
export const ranked = (scores: Float32Array): readonly number[] =>
  Array.from(scores, (_, picture) => picture).sort((a, b) => scores[b]! - scores[a]! || a - b);
