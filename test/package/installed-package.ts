import assert from "node:assert/strict";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const root = process.env.GLASSBOX_ROOT!;
const LEFT_OUT = /^(node_modules|\.git|dist|dist-test|dist-packages|report|out|scripts\/package\/vsce\/node_modules)$/;

/** Somebody's project: an empty folder in which what `npm pack` makes is installed. */
export class InstalledPackage {
  readonly #scratch = fs.mkdtempSync(path.join(os.tmpdir(), "glassbox-npm-"));
  readonly project = path.join(this.#scratch, "project");
  readonly installed = path.join(this.project, "node_modules", "glassbox");

  /** Packs and installs: a minute. */
  install(): void {
    const repository = this.#copyRepository();
    fs.mkdirSync(this.project);
    const { stdout } = this.run(repository, "npm", "pack", "--json", "--pack-destination", this.#scratch);
    const [{ filename, size }] = JSON.parse(stdout) as [{ filename: string; size: number }];
    console.log(`${filename}: ${(size / 1e6).toFixed(1)} MB`);
    this.#unpack(path.join(this.#scratch, filename));
  }

  /** Runs a command in a folder and fails where it fails. */
  run(folder: string, command: string, ...args: readonly string[]): SpawnSyncReturns<string> {
    const { GLASSBOX_ROOT: _, ...environment } = process.env;
    const ran = spawnSync(command, args, {
      cwd: folder,
      encoding: "utf8",
      shell: process.platform === "win32",
      timeout: 300_000,
      env: { ...environment, GLASSBOX_CACHE: path.join(this.#scratch, "cache") },
    });
    assert.equal(ran.status, 0, `${command} ${args.join(" ")}\n${ran.stdout}${ran.stderr}`);
    return ran;
  }

  end(): void {
    fs.rmSync(this.#scratch, { recursive: true, force: true });
  }

  /** `npm pack` builds dist/ for production, so it works on a copy: other tests use the repository's own. */
  #copyRepository(): string {
    const repository = path.join(this.#scratch, "repository");
    fs.cpSync(root, repository, { recursive: true, filter: (file) => !LEFT_OUT.test(path.relative(root, file)) });
    fs.mkdirSync(path.join(repository, "node_modules"));
    for (const name of fs.readdirSync(path.join(root, "node_modules")).filter((each) => !each.startsWith(".glassbox")))
      fs.symlinkSync(path.join(root, "node_modules", name), path.join(repository, "node_modules", name));
    return repository;
  }

  /** As `npm install` does, but with the registry's packages taken from the repository, so that the test needs no network. */
  #unpack(archive: string): void {
    const { project, installed } = this;
    fs.mkdirSync(installed, { recursive: true });
    fs.writeFileSync(path.join(project, "package.json"), '{ "name": "project", "private": true, "type": "module" }');
    this.run(project, "tar", "xzf", archive, "--strip-components=1", "-C", installed);
    const { dependencies } = JSON.parse(fs.readFileSync(path.join(installed, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    for (const name of Object.keys(dependencies)) {
      fs.mkdirSync(path.dirname(path.join(project, "node_modules", name)), { recursive: true });
      fs.symlinkSync(path.join(root, "node_modules", name), path.join(project, "node_modules", name));
    }
    this.run(project, "npm", "rebuild", "--ignore-scripts", "glassbox");
  }
}
