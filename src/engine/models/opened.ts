/** An open model, and the function that closes it. */
export interface Opened<Model> {
  readonly model: Model;
  close(): Promise<void>;
}
