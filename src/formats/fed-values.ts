/** How a network's own file says that pixels are fed to it. */
export interface FedValues {
  /**
   * - `byte`: 0 to 255; what follows is inside the network
   * - `unit`: 0 to 1
   * - `signed`: −1 to 1
   * - `imagenet`: 0 to 1, less ImageNet's mean, by its deviation
   * - `caffe`: 0 to 255, blue first, less ImageNet's mean
   */
  readonly values: "byte" | "unit" | "signed" | "imagenet" | "caffe";
  /** Whether the file settles the values and the order of the colours. A name alone does not. */
  readonly sure: boolean;
  /** One sentence: what in the file says it. */
  readonly words: string;
}
