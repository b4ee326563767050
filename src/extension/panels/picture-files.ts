/** The endings of pictures, and of tensors as a model takes them. */
export const PICTURE_ENDINGS = ["png", "jpg", "jpeg", "webp", "npy"] as const;

export const isPicture = (path: string): boolean =>
  PICTURE_ENDINGS.some((ending) => path.toLowerCase().endsWith(`.${ending}`));
