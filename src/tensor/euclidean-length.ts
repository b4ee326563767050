/** √Σ xᵢ². */
export const euclideanLength = (values: Float64Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
