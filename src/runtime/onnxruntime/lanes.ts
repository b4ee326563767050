import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { laneThread, type Crossing, type LaneReply, type LaneRequest } from "./lane-thread.ts";
import { TravellingBuffers } from "./travelling-buffers.ts";

interface Waiting {
  readonly resolve: (fetched: readonly Crossing[] | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** A thread with ONNX Runtime sessions of its own: a run blocks its thread, so runs side by side need one each. */
class Lane {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #buffers = new TravellingBuffers();
  #asked = 0;
  broken: Error | undefined;

  constructor() {
    const ort = createRequire(import.meta.url).resolve("onnxruntime-node");
    this.#worker = new Worker(`(${laneThread.toString()})(require)`, { eval: true, workerData: ort });
    this.#worker.unref();
    this.#worker.on("message", ({ id, fetched, returned, error }: LaneReply) => {
      this.#buffers.keep(returned);
      const waiting = this.#waiting.get(id)!;
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#worker.unref();
      if (error === undefined) waiting.resolve(fetched);
      else waiting.reject(new Error(error));
    });
    this.#worker.on("error", (error) => this.#fail(error));
    this.#worker.on("exit", () => this.#fail(new Error("a computing thread has ended")));
  }

  get load(): number {
    return this.#waiting.size;
  }

  run(program: number, feeds: readonly Crossing[]): Promise<readonly Crossing[] | undefined> {
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

  ask(request: LaneRequest, transferred: ArrayBuffer[] = []): Promise<readonly Crossing[] | undefined> {
    if (this.broken) return Promise.reject(this.broken);
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      // The process may end while lanes are idle, not while one works.
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

const lanes: Lane[] = [];
let programs = 0;

/** The threads of this process, `count` of them: started when first needed, shared by all programs. */
function takeLanes(count: number): readonly Lane[] {
  const whole = lanes.filter(({ broken }) => !broken);
  while (whole.length < count) whole.push(new Lane());
  lanes.splice(0, lanes.length, ...whole);
  return whole.slice(0, count);
}

/** The same session in several threads. As many runs as there are lanes go side by side. */
export interface LaneSessions {
  run(feeds: readonly Crossing[]): Promise<readonly Crossing[]>;
  release(): Promise<void>;
}

export async function createLaneSessions(
  count: number,
  file: string,
  options: Extract<LaneRequest, { what: "create" }>["options"],
): Promise<LaneSessions> {
  const program = programs++;
  const own = takeLanes(count);
  await Promise.all(own.map((lane) => lane.ask({ what: "create", program, file, options })));
  return {
    run: async (feeds) => {
      const idlest = own.reduce((best, lane) => (lane.load < best.load ? lane : best));
      return (await idlest.run(program, feeds))!;
    },
    release: async () => {
      await Promise.allSettled(own.map((lane) => lane.release(program)));
    },
  };
}
