/** Runs the product as a user would, `vitrine keys`, `apply`, `run`, in a folder of its own, and asks it over the owner's socket. */
import { spawn, execFile } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { connectControl, controlPath } from "../src/cli/control.ts";
import type { ControlClient } from "../src/cli/control.ts";
import type { StatusReport } from "../src/metrics/status-report.ts";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

export interface ProductOptions {
  readonly folder: string;
  readonly config: string;
  readonly adminUrl: string;
}

/** One started `vitrine run`. */
export interface Running extends AsyncDisposable {
  readonly supervisor: ChildProcess;
  readonly control: ControlClient;
  status(): Promise<StatusReport>;
  /** Highest resident memory of reader and server so far, bytes, by role. */
  peakMemory(): { readonly reader: number; readonly server: number };
  stop(): Promise<void>;
}

export class Product {
  readonly #options: ProductOptions;

  constructor(options: ProductOptions) {
    this.#options = options;
    mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  }

  get environment(): NodeJS.ProcessEnv {
    const { folder, config, adminUrl } = this.#options;
    const source = new URL(adminUrl);
    source.username = "vitrine_reader";
    source.password = "";
    return {
      PATH: process.env["PATH"],
      HOME: folder,
      VITRINE_CONFIG: config,
      VITRINE_STATE: join(folder, "state"),
      VITRINE_ADMIN_URL: adminUrl,
      VITRINE_SOURCE_URL: source.toString(),
      VITRINE_KEYS: join(folder, "keys"),
      VITRINE_PASSWORD_FILE: join(folder, "reader.pass"),
      VITRINE_LISTEN: "127.0.0.1:0",
    };
  }

  /** Runs one command to its end and returns what it printed. */
  async command(...words: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...words], {
      env: this.environment,
      cwd: this.#options.folder,
      maxBuffer: 64 << 20,
    });
    return stdout;
  }

  async setUp(): Promise<void> {
    await this.command("keys");
    await this.command("apply");
  }

  /** Starts `vitrine run`; resolves when the server answers. */
  async start(): Promise<Running> {
    const { folder } = this.#options;
    const log = openSync(join(folder, "run.log"), "a", 0o600);
    const supervisor = spawn(process.execPath, [main, "run"], { env: this.environment, cwd: folder, stdio: ["ignore", log, log] });
    const state = join(folder, "state");
    const path = controlPath(state, { folder: tmpdir(), uid: userInfo().uid });
    const control = await connected(path, state);
    const ended = new Promise<void>((resolve) => supervisor.once("exit", () => resolve()));
    const stop = async (): Promise<void> => {
      control[Symbol.dispose]();
      supervisor.kill("SIGINT");
      await ended;
    };
    return {
      supervisor,
      control,
      status: async () => (await control.ask("status")) as unknown as StatusReport,
      peakMemory: () => peaks(supervisor.pid ?? 0),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  }
}

async function connected(path: string, state: string): Promise<ControlClient> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await connectControl(path, state);
    } catch (error) {
      if (tries > 600) throw error;
      await sleep(25);
    }
  }
}

/** VmHWM of the supervisor's children, by the script that they run. Linux only; 0 elsewhere. */
function peaks(supervisor: number): { readonly reader: number; readonly server: number } {
  const peak = { reader: 0, server: 0 };
  for (const pid of childrenOf(supervisor)) {
    const command = textOf(`/proc/${pid}/cmdline`);
    const bytes = 1024 * Number(/VmHWM:\s+(\d+)/.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0);
    if (command.includes("reader")) peak.reader = Math.max(peak.reader, bytes);
    else if (command.includes("server")) peak.server = Math.max(peak.server, bytes);
  }
  return peak;
}

function childrenOf(pid: number): readonly number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`)
    .split(" ")
    .filter((word) => word !== "")
    .map(Number);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
