import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export const root = process.env.GLASSBOX_ROOT ?? process.cwd();
export const samples = path.join(root, "samples", "vision");
export const sampleModel = path.join(samples, "efficientnet-lite0.onnx");
export const cat = path.join(samples, "chelsea.png");

const cli = path.join(root, "dist", "cli.mjs");

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The bundled command as a process of its own, with a cache and a working folder of its own. */
export class GlassboxProcess {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-cli-"));

  /** The bundles as the sources are now; nothing is built when nothing changed. */
  build(): void {
    const { status, stderr } = spawnSync(process.execPath, [path.join(root, "scripts", "build.mjs")], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
  }

  path(...parts: readonly string[]): string {
    return path.join(this.folder, ...parts);
  }

  write(name: string, contents: Uint8Array | string): string {
    fs.writeFileSync(this.path(name), contents);
    return this.path(name);
  }

  run(...args: readonly string[]): Ran {
    return this.#ended(spawnSync(process.execPath, [cli, ...args], this.#options()));
  }

  /** Without a network, where the system can take it away from one process; elsewhere like any run. */
  runOffline(...args: readonly string[]): Ran {
    const cut = spawnSync("unshare", ["-rn", "true"]).status === 0;
    const line = [process.execPath, cli, ...args];
    return this.#ended(spawnSync(cut ? "unshare" : line[0]!, cut ? ["-rn", ...line] : line.slice(1), this.#options()));
  }

  /** A line as a person pastes it into a shell, `glassbox` being on the PATH. */
  runLine(line: string): Ran {
    const bin = this.path("bin");
    fs.mkdirSync(bin, { recursive: true });
    fs.writeFileSync(path.join(bin, "glassbox"), `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`, {
      mode: 0o755,
    });
    const options = this.#options();
    return this.#ended(
      spawnSync("/bin/sh", ["-c", line], { ...options, env: { ...options.env, PATH: `${bin}:${process.env.PATH}` } }),
    );
  }

  /** Ctrl+C as soon as it has said `after` on standard error. */
  interrupt(after: RegExp, ...args: readonly string[]): Promise<Ran> {
    const child = spawn(process.execPath, [cli, ...args], { ...this.#options(), stdio: ["ignore", "pipe", "pipe"] });
    let [out, err, sent] = ["", "", false];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      err += text;
      if (!sent && after.test(err)) sent = child.kill("SIGINT");
    });
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
  }

  forget(): void {
    fs.rmSync(this.path("cache"), { recursive: true, force: true });
  }

  end(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  #options() {
    return {
      cwd: this.folder,
      encoding: "utf8" as const,
      env: { ...process.env, GLASSBOX_CACHE: this.path("cache") },
      maxBuffer: 1 << 26,
    };
  }

  #ended({ status, stdout, stderr }: { status: number | null; stdout: string; stderr: string }): Ran {
    return { code: status, out: stdout, err: stderr };
  }
}
