import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { DType, TypedArray } from "../../tensor/dtype.ts";

/** A tensor as it is sent to a worker thread and back. */
export interface TransferredTensor {
  readonly name: string;
  readonly type: DType;
  readonly data: TypedArray;
  readonly shape: readonly number[];
}

export type WorkerRequest =
  | {
      readonly what: "create";
      readonly program: number;
      /** A file, or its bytes. */
      readonly model: string | Uint8Array;
      readonly options: InferenceSession.SessionOptions;
    }
  | { readonly what: "run"; readonly program: number; readonly feeds: readonly TransferredTensor[] }
  | { readonly what: "release"; readonly program: number };

export interface WorkerReply {
  readonly id: number;
  readonly fetched?: readonly TransferredTensor[] | undefined;
  /** The buffers of the feeds, which the sender reuses. */
  readonly returned: readonly ArrayBuffer[];
  readonly error?: string;
}

/**
 * The program of a worker thread. It is passed as source text, so that no bundle needs a separate file for it. Therefore
 * it must not refer to anything outside; `load` is the `require` of the worker thread.
 */
export function workerThread(load: (module: string) => unknown): void {
  const { parentPort, workerData } = load("node:worker_threads") as typeof import("node:worker_threads");
  const ort = load(workerData as string) as typeof import("onnxruntime-node");
  const sessions = new Map<number, InferenceSession>();
  const answer = async (request: WorkerRequest): Promise<readonly TransferredTensor[] | undefined> => {
    if (request.what === "create") {
      const { model, options } = request;
      sessions.set(
        request.program,
        typeof model === "string"
          ? await ort.InferenceSession.create(model, options)
          : await ort.InferenceSession.create(model, options),
      );
      return undefined;
    }
    const session = sessions.get(request.program);
    if (request.what === "release") {
      sessions.delete(request.program);
      await session?.release();
      return undefined;
    }
    const feeds = request.feeds.map(
      ({ name, type, data, shape }) =>
        [name, new ort.Tensor(type as OrtTensor.Type, data as Float32Array, shape)] as const,
    );
    const fetched = await session!.run(Object.fromEntries(feeds));
    return Object.entries(fetched).map(([name, { type, data, dims }]) => ({
      name,
      type: type as DType,
      data: data as Float32Array<ArrayBuffer>,
      shape: dims,
    }));
  };
  parentPort!.on("message", ({ id, request }: { readonly id: number; readonly request: WorkerRequest }) => {
    const returned = request.what === "run" ? request.feeds.map(({ data }) => data.buffer) : [];
    answer(request).then(
      (fetched) =>
        parentPort!.postMessage({ id, fetched, returned } satisfies WorkerReply, [
          ...new Set([...returned, ...(fetched ?? []).map(({ data }) => data.buffer)]),
        ]),
      (error: unknown) =>
        parentPort!.postMessage({ id, returned, error: (error as Error).message } satisfies WorkerReply, returned),
    );
  });
}
