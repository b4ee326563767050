import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { workerThread, type TransferredTensor, type WorkerReply, type WorkerRequest } from "./worker-thread.ts";
import { TransferBufferPool } from "./transfer-buffer-pool.ts";

interface Waiting {
  readonly resolve: (fetched: readonly TransferredTensor[] | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** A worker thread with its own ONNX Runtime sessions. A run blocks its thread, so parallel runs need one thread each. */
class PoolWorker {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #buffers = new TransferBufferPool();
  #asked = 0;
  broken: Error | undefined;

  constructor() {
    const ort = createRequire(import.meta.url).resolve("onnxruntime-node");
    this.#worker = new Worker(`(${workerThread.toString()})(require)`, { eval: true, workerData: ort });
    this.#worker.unref();
    this.#worker.on("message", ({ id, fetched, returned, error }: WorkerReply) => {
      this.#buffers.keep(returned);
      const waiting = this.#waiting.get(id)!;
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#worker.unref();
      if (error === undefined) waiting.resolve(fetched);
      else waiting.reject(new Error(error));
    });
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("a worker thread has exited")));
  }

  get load(): number {
    return this.#waiting.size;
  }

  run(program: number, feeds: readonly TransferredTensor[]): Promise<readonly TransferredTensor[] | undefined> {
    const loaded = this.#buffers.load(feeds);
    return this.ask(
      { what: "run", program, feeds: loaded },
      loaded.map(({ data }) => data.buffer),
    );
  }

  release(program: number): Promise<unknown> {
    this.#buffers.clear();
    return this.ask({ what: "release", program });
  }

  ask(request: WorkerRequest, transferred: ArrayBuffer[] = []): Promise<readonly TransferredTensor[] | undefined> {
    if (this.broken) return Promise.reject(this.broken);
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // The process may exit while workers are idle, but not while one is running.
      this.#worker.ref();
      this.#worker.postMessage({ id, request }, transferred);
    });
  }

  #fail(error: Error): void {
    this.broken ??= error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

const pool: PoolWorker[] = [];
let programs = 0;

/** Returns `count` worker threads of this process. They start when first needed and are shared by all programs. */
function takeWorkers(count: number): readonly PoolWorker[] {
  const whole = pool.filter(({ broken }) => !broken);
  while (whole.length < count) whole.push(new PoolWorker());
  pool.splice(0, pool.length, ...whole);
  return whole.slice(0, count);
}

/** The same session in several worker threads, each of which can run it in parallel with the others. */
export interface PooledSessions {
  run(feeds: readonly TransferredTensor[]): Promise<readonly TransferredTensor[]>;
  release(): Promise<void>;
}

export async function createPooledSessions(
  count: number,
  model: string | Uint8Array,
  options: Extract<WorkerRequest, { what: "create" }>["options"],
): Promise<PooledSessions> {
  const program = programs++;
  const own = takeWorkers(count);
  await Promise.all(own.map((worker) => worker.ask({ what: "create", program, model, options })));
  return {
    run: async (feeds) => {
      const leastBusy = own.reduce((best, worker) => (worker.load < best.load ? worker : best));
      return (await leastBusy.run(program, feeds))!;
    },
    release: async () => {
      await Promise.allSettled(own.map((worker) => worker.release(program)));
    },
  };
}
