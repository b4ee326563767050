/** One test of the extension host, as it is handed to whoever started the host. */
export interface HostResult {
  readonly title: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly error?: string;
}
