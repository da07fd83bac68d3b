/**
 * The whole product as a user has it: the command line, its processes, its state folder and its secrets, all in one temporary
 * folder. Used by the kill harness and the canary; knows of the code only how the command is called.
 */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { openSource } from "../oracle/source.ts";
import { dropSlots } from "../support/slots.ts";

const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const run = promisify(execFile);
const outputMax = 64 << 20;

export type Role = "supervisor" | "server" | "reader";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Process {
  readonly pid: number;
  readonly command: string;
}

export interface Product extends AsyncDisposable {
  /** Holds `state/`, `secrets/`, `vitrine.yaml`, `product.log`, and every answer in `answers.log`. */
  readonly folder: string;
  readonly stateFolder: string;
  readonly keysFile: string;
  /** What its commands are started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs one command; its output is also kept in answers.log, but not what was typed. */
  command(args: readonly string[], extra?: Readonly<Record<string, string>>): Promise<Outcome>;
  /** Starts `vitrine run`. */
  start(extra?: Readonly<Record<string, string>>): Promise<void>;
  /** Ends it as a person would (SIGINT) and waits for every process of it. */
  stop(): Promise<void>;
  isRunning(): boolean;
  /** The processes of one role that are alive. */
  processes(role: Role): Promise<readonly Process[]>;
  /** SIGKILL to one process of that role; false when there is none. */
  kill(role: Role): Promise<boolean>;
  /** Resolves when no process of ours is left; throws after the time. */
  untilGone(withinMs: number): Promise<void>;
  /** JSON over the owner's socket; undefined while nobody answers. */
  get(path: string): Promise<{ readonly status: number; readonly body: unknown } | undefined>;
  /** Exit codes of the runs so far; negative for a signal. */
  readonly exits: readonly number[];
}

export interface ProductOptions {
  /** The database as its administrator. */
  readonly adminUrl: string;
  readonly declaration: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Prepares folders, keys and the source (`keys`, `apply`); starts nothing yet. */
export async function setUpProduct(options: ProductOptions): Promise<Product> {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-product-"));
  const secrets = join(folder, "secrets");
  await mkdir(secrets, { mode: 0o700 });
  await writeFile(join(folder, "vitrine.yaml"), options.declaration);
  const product = new RunningProduct({
    folder,
    adminUrl: options.adminUrl,
    environment: { ...(await environmentOf(folder, options.adminUrl)), ...options.environment },
  });
  await product.must(["keys"]);
  await product.must(["apply"], { VITRINE_ADMIN_URL: options.adminUrl });
  return product;
}

async function environmentOf(folder: string, adminUrl: string): Promise<Record<string, string>> {
  const reader = new URL(adminUrl);
  reader.username = "vitrine_reader";
  reader.password = "";
  const secrets = join(folder, "secrets");
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    TMPDIR: process.env["TMPDIR"] ?? tmpdir(),
    VITRINE_CONFIG: join(folder, "vitrine.yaml"),
    VITRINE_STATE: join(folder, "state"),
    VITRINE_SOURCE_URL: reader.href,
    VITRINE_PASSWORD_FILE: join(secrets, "reader.pass"),
    VITRINE_KEYS: join(secrets, "keys"),
    VITRINE_LISTEN: `127.0.0.1:${await freePort()}`,
    // The tests' server has PostgreSQL's own default, no limit.
    VITRINE_ACCEPT_UNLIMITED_WAL: "4",
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return typeof address === "object" && address !== null ? address.port : 0;
}

class RunningProduct implements Product {
  readonly folder: string;
  readonly stateFolder: string;
  readonly keysFile: string;
  readonly exits: number[] = [];
  readonly environment: Readonly<Record<string, string>>;
  readonly #adminUrl: string;
  readonly #answers;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor({
    folder,
    adminUrl,
    environment,
  }: {
    readonly folder: string;
    readonly adminUrl: string;
    readonly environment: Readonly<Record<string, string>>;
  }) {
    this.folder = folder;
    this.#adminUrl = adminUrl;
    this.stateFolder = join(folder, "state");
    this.keysFile = join(folder, "secrets", "keys");
    this.environment = environment;
    this.#answers = createWriteStream(join(folder, "answers.log"), { flags: "a" });
  }

  async command(args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const outcome = await outcomeOf(args, { cwd: this.folder, env: { ...this.environment, ...extra } });
    this.#answers.write(`$ vitrine ${args[0] ?? ""}\n${outcome.stdout}${outcome.stderr}`);
    return outcome;
  }

  /** A command that has to succeed. */
  async must(args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<void> {
    const { code, stdout, stderr } = await this.command(args, extra);
    if (code !== 0) throw new Error(`vitrine ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
  }

  async start(extra: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.isRunning()) throw new Error("it runs already");
    const log = createWriteStream(join(this.folder, "product.log"), { flags: "a" });
    const child = spawn(process.execPath, [main, "run"], {
      cwd: this.folder,
      env: { ...this.environment, ...extra },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.exits.push(signal === null ? (code ?? 0) : -1);
        if (this.#child === child) this.#child = undefined;
        resolve();
      });
    });
    await Promise.race([this.#ended, sleep(50)]);
  }

  async stop(): Promise<void> {
    this.#child?.kill("SIGINT");
    await Promise.race([this.#ended, sleep(20_000, undefined, { ref: false })]);
    await this.untilGone(10_000);
  }

  isRunning(): boolean {
    return this.#child !== undefined;
  }

  async processes(role: Role): Promise<readonly Process[]> {
    const all = await ours(this.folder);
    return all.filter((one) => roleOf(one) === role);
  }

  async kill(role: Role): Promise<boolean> {
    const [victim] = await this.processes(role);
    if (victim === undefined) return false;
    try {
      process.kill(victim.pid, "SIGKILL");
      return true;
    } catch {
      // It ended by itself in between.
      return false;
    }
  }

  async untilGone(withinMs: number): Promise<void> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const left = await ours(this.folder);
      // This process hears of the end a moment after the system has forgotten it.
      if (left.length === 0 && !this.isRunning()) return;
      if (Date.now() > deadline)
        throw new Error(`still there after ${withinMs} ms: ${left.map((one) => `${one.pid} ${roleOf(one)}`).join(", ")}`);
      await sleep(50);
    }
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: unknown } | undefined> {
    const socketPath = await socketIn(this.stateFolder);
    if (socketPath === undefined) return undefined;
    const answer = await getJson(socketPath, path);
    if (answer !== undefined) this.#answers.write(`GET ${path}\n${JSON.stringify(answer.body)}\n`);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const one of await ours(this.folder)) {
      try {
        process.kill(one.pid, "SIGKILL");
      } catch {
        // Gone already.
      }
    }
    await this.untilGone(10_000);
    await using source = await openSource(this.#adminUrl);
    const mine = "vitrine\\_%";
    await source.rows(
      "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active AND database = current_database() AND slot_name LIKE $1",
      [mine],
    );
    await dropSlots(source, mine);
    this.#answers.end();
    if (process.env["KEEP_PRODUCT"] === undefined) await rm(this.folder, { recursive: true, force: true });
  }
}

async function outcomeOf(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Outcome> {
  try {
    const { stdout, stderr } = await run(process.execPath, [main, ...args], { ...options, maxBuffer: outputMax, timeout: 120_000 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { readonly code?: number | string; readonly stdout?: string; readonly stderr?: string };
    return { code: typeof code === "number" ? code : -1, stdout: stdout ?? "", stderr: stderr ?? String(error) };
  }
}

/** Our processes are known by the temporary folder in their environment or arguments: nobody else's has it. */
async function ours(folder: string): Promise<readonly Process[]> {
  const { stdout } = await run("ps", ["-A", "-o", "pid=,stat=,args="], { maxBuffer: outputMax });
  const found: Process[] = [];
  for (const line of stdout.split("\n")) {
    const [, pid, stat, command] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || stat === undefined || command === undefined || stat.startsWith("Z") || Number(pid) === process.pid) continue;
    if (!command.includes("/src/cli/")) continue;
    if (command.includes(folder) || (await environmentOfProcess(Number(pid))).includes(folder)) found.push({ pid: Number(pid), command });
  }
  return found;
}

async function environmentOfProcess(pid: number): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}

function roleOf({ command }: Process): Role | "other" {
  if (command.includes("/src/cli/reader.ts")) return "reader";
  if (command.includes("/src/cli/server.ts")) return "server";
  return /\/src\/cli\/main\.ts run\b/.test(command) ? "supervisor" : "other";
}

async function socketIn(stateFolder: string): Promise<string | undefined> {
  const names = await readdir(stateFolder).catch(() => []);
  const name = names.find((one) => one.endsWith(".sock"));
  return name === undefined ? undefined : join(stateFolder, name);
}

async function getJson(socketPath: string, path: string): Promise<{ readonly status: number; readonly body: unknown } | undefined> {
  const { promise, resolve } = Promise.withResolvers<{ readonly status: number; readonly body: unknown } | undefined>();
  const asked = request({ socketPath, path, headers: { host: "localhost" }, timeout: 10_000 }, (response) => {
    const parts: Buffer[] = [];
    response.on("data", (part: Buffer) => parts.push(part));
    response.on("error", () => resolve(undefined));
    response.on("end", () => {
      const text = Buffer.concat(parts).toString();
      try {
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as unknown });
      } catch {
        resolve({ status: response.statusCode ?? 0, body: text });
      }
    });
  });
  asked.on("timeout", () => asked.destroy());
  asked.on("error", () => resolve(undefined));
  asked.end();
  return promise;
}
