/** Runs the product as a user would, `vitrine keys`, `apply`, `run`, in a folder of its own, and asks it over the owner's socket. */
import { spawn, execFile } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { connectControl, controlPath } from "../src/cli/control.ts";
import type { ControlClient } from "../src/cli/control.ts";
import type { StatusReport } from "../src/metrics/status-report.ts";
import { childrenOf, commandOf, peakBytes } from "./processes.ts";
import { profilingOptions } from "./profile.ts";

const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));

export interface ProductOptions {
  readonly folder: string;
  readonly config: string;
  readonly adminUrl: string;
  /** Below it each start leaves the profiles of its reader and server in a folder of its name; undefined: no profiles. */
  readonly profiles: string | undefined;
  /** The first part of the names of its starts. */
  readonly group: string;
}

/** One started `vitrine run`. */
export interface Running extends AsyncDisposable {
  /** Of this start: the group and what it was for. */
  readonly name: string;
  readonly supervisor: ChildProcess;
  readonly control: ControlClient;
  status(): Promise<StatusReport>;
  /** Address of the HTTP interface, and a new token for it. */
  http(): Promise<{ readonly url: string; readonly token: string }>;
  /** The owner's socket, which speaks HTTP, too. */
  socket(): string;
  /** Highest resident memory of reader and server so far, bytes, by role. */
  peakMemory(): { readonly reader: number; readonly server: number };
  stop(): Promise<void>;
}

/** Disposing of it stops whatever start still runs, and lets none begin. */
export class Product implements AsyncDisposable {
  readonly #options: ProductOptions;
  readonly #supervisors = new Set<ChildProcess>();
  #isOver = false;

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

  /** Starts `vitrine run`; resolves when the server answers. `purpose` says what for. */
  async start(purpose: string): Promise<Running> {
    if (this.#isOver) throw new Error("the run was stopped");
    const { folder, profiles, group } = this.#options;
    const name = startName(group, purpose);
    const logFile = join(folder, "run.log");
    const log = openSync(logFile, "a", 0o600);
    const logStart = statSync(logFile).size;
    const options = profiles === undefined ? [] : profilingOptions(join(profiles, name));
    const supervisor = spawn(process.execPath, [...options, main, "run"], {
      env: this.environment,
      cwd: folder,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#supervisors.add(supervisor);
    const state = join(folder, "state");
    const control = await connected({ path: controlPath(state, { folder: tmpdir(), uid: userInfo().uid }), state, supervisor, logFile });
    const stop = async (): Promise<void> => {
      control[Symbol.dispose]();
      await this.#end(supervisor);
    };
    return {
      name,
      supervisor,
      control,
      status: async () => (await control.ask("status")) as unknown as StatusReport,
      http: async () => {
        const made = (await control.ask("token-new", { name: "bench", role: "analyst" })) as { readonly token: string };
        return { url: addressIn(readFileSync(logFile, "utf8").slice(logStart)), token: made.token };
      },
      socket: () => socketIn(state),
      peakMemory: () => peaks(supervisor.pid ?? 0),
      stop,
      [Symbol.asyncDispose]: stop,
    };
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#supervisors].map(async (supervisor) => this.#end(supervisor)));
  }

  async #end(supervisor: ChildProcess): Promise<void> {
    if (supervisor.exitCode === null && supervisor.signalCode === null) {
      const ended = new Promise((resolve) => supervisor.once("exit", resolve));
      supervisor.kill("SIGINT");
      await ended;
    }
    this.#supervisors.delete(supervisor);
  }
}

/** The name of a start, also that of the folder of its profiles. */
export function startName(group: string, purpose: string): string {
  return `${group}, ${purpose}`;
}

/** The server says in its log where it listens: the port was free, not chosen. */
function addressIn(log: string): string {
  const address = /"address":"(http[^"]+)"/.exec(log)?.[1];
  if (address === undefined) throw new Error("the server did not say where it listens");
  return address;
}

/** Its name is drawn at each start, and the last one's is gone. */
function socketIn(state: string): string {
  const name = readdirSync(state).find((one) => one.endsWith(".sock"));
  if (name === undefined) throw new Error("the server has no socket for its owner");
  return join(state, name);
}

async function connected(options: {
  readonly path: string;
  readonly state: string;
  readonly supervisor: ChildProcess;
  readonly logFile: string;
}): Promise<ControlClient> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await connectControl(options.path, options.state);
    } catch (error) {
      if (options.supervisor.exitCode !== null)
        throw new Error(`vitrine run ended:\n${readFileSync(options.logFile, "utf8").slice(-2000)}`, { cause: error });
      if (tries > 2400) throw error;
      await sleep(25);
    }
  }
}

/** VmHWM of the supervisor's children, by the script that they run. */
function peaks(supervisor: number): { readonly reader: number; readonly server: number } {
  const peak = { reader: 0, server: 0 };
  for (const pid of childrenOf(supervisor)) {
    const command = commandOf(pid);
    if (command.includes("cli/reader")) peak.reader = Math.max(peak.reader, peakBytes(pid));
    else if (command.includes("cli/server")) peak.server = Math.max(peak.server, peakBytes(pid));
  }
  return peak;
}
