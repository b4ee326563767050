/** A model that is open, and how it is let go. */
export interface Opened<Model> {
  readonly model: Model;
  close(): Promise<void>;
}
