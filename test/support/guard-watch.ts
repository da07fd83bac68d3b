/** `vitrine guard watch` as a process, over stores of our own that are opened and closed, with a receiver of its alarms. */
import type { ChildProcess } from "node:child_process";
import { execFile, execFileSync, spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import type { AlarmMessage } from "../../src/guard/alarms/alarm-message.ts";

/** Stands in every answer of a store, open or closed. */
export const planted = "ann-and-her-kitchen-camera@example.com";
/** Of the webhook. */
export const secret = randomBytes(32);

/** A stand-in: it speaks just enough of Redis, and waits in silence for the rest of what is no line, as Redis does with a TLS hello. */
export interface Store extends Disposable {
  /** Of the asset. */
  readonly name: string;
  readonly port: number;
  isOpen: boolean;
  /** How many there were. */
  connections: number;
}

export async function openStore(name = "cache"): Promise<Store> {
  const answers: Readonly<Record<string, string>> = {
    PING: "+PONG\r\n",
    GET: `$${planted.length}\r\n${planted}\r\n`,
    DBSIZE: ":140\r\n",
    QUIT: "+OK\r\n",
  };
  const server = createServer((socket) => {
    store.connections += 1;
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      // The beginning of a TLS handshake is no line.
      if (bytes[0] === 0x16) return;
      const word = bytes.toString("latin1").split(/[ \r]/)[0] ?? "";
      socket.write(store.isOpen ? (answers[word] ?? `-ERR unknown command '${planted}'\r\n`) : `-NOAUTH ${planted}\r\n`);
    });
  });
  const store = { name, port: await listen(server), isOpen: false, connections: 0, [Symbol.dispose]: () => server.close() };
  return store;
}

export interface Receiver extends Disposable {
  readonly url: string;
  /** What came, in its order, also what was answered with an error. */
  readonly messages: (AlarmMessage & { readonly answered: number; readonly atMs: number })[];
  /** So many requests are answered with 503. */
  refuse: number;
}

export async function openReceiver(): Promise<Receiver> {
  const server = createHttp((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      const id = String(request.headers["webhook-id"]);
      const signed = `${id}.${String(request.headers["webhook-timestamp"])}.${body}`;
      const signature = `v1,${createHmac("sha256", secret).update(signed).digest("base64")}`;
      const message = JSON.parse(body) as AlarmMessage;
      const isRight = request.headers["webhook-signature"] === signature && message.id === id;
      receiver.refuse -= 1;
      const answered = isRight ? (receiver.refuse >= 0 ? 503 : 204) : 401;
      receiver.messages.push({ ...message, answered, atMs: performance.now() });
      response.writeHead(answered).end();
    });
  });
  const receiver = {
    url: `http://127.0.0.1:${await listen(server)}/alarms`,
    messages: [] as Receiver["messages"],
    refuse: 0,
    [Symbol.dispose]: () => server.close(),
  };
  return receiver;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
}

/** Takes whatever is posted, and keeps it. */
export async function openInbox(): Promise<Disposable & { readonly url: string; readonly bodies: unknown[] }> {
  const bodies: unknown[] = [];
  const server = createHttp((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      bodies.push(JSON.parse(body));
      response.writeHead(202).end();
    });
  });
  return { url: `http://127.0.0.1:${await listen(server)}/`, bodies, [Symbol.dispose]: () => server.close() };
}

export interface WatchedWorld {
  /** Of each asset, as it stands in the file. */
  readonly more?: string;
  /** Further lines of the file. */
  readonly file?: string;
  /** Default off: what else listens on this machine is no test's to ask. */
  readonly listeners?: "on" | "off";
}

export class Watch implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "vitrine-guard-watch-"));
  /** The last is the one that is meant; those before it may live, too. */
  readonly #children: ChildProcess[] = [];
  output = "";

  constructor(
    stores: readonly (Pick<Store, "name" | "port"> & { readonly url?: string })[],
    profile = "fast",
    { more = "", file = "", listeners = "off" }: WatchedWorld = {},
  ) {
    const assets = stores.map(
      ({ name, port, url = `redis://127.0.0.1:${port}` }) =>
        `  ${name}: { owner: platform, url: "${url}", authorised: { by: Ann, on: 2026-11-01 }, profile: ${profile}${more} }\n`,
    );
    writeFileSync(join(this.#folder, "assets.yaml"), `version: 1\nassets:\n${assets.join("")}${file}listeners: ${listeners}\n`);
    writeFileSync(join(this.#folder, "secret"), `whsec_${secret.toString("base64")}\n`, { mode: 0o600 });
  }

  get folder(): string {
    return this.#folder;
  }

  /** Written for the owner alone into the folder of the watch; returns its path. */
  secretFile(name: string, text: string): string {
    const file = join(this.#folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  /** `within`: in front of the command, such as a network namespace. */
  start(receiver: Pick<Receiver, "url">, crashAt?: string, more: readonly string[] = [], within: readonly string[] = []): void {
    const at = (name: string): string => join(this.#folder, name);
    const flags = ["--config", at("assets.yaml"), "--state", at(".vitrine"), "--webhook", receiver.url, "--webhook-secret", at("secret")];
    const main = join(import.meta.dirname, "../../src/cli/main.ts");
    const [program = "", ...args] = [...within, process.execPath, main, "guard", "watch", ...flags, ...more];
    const child = spawn(program, args, {
      env: { PATH: process.env["PATH"], HOME: this.#folder, ...(crashAt === undefined ? {} : { VITRINE_CRASH_AT: crashAt }) },
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (this.output += chunk.toString("utf8")));
    this.#children.push(child);
  }

  get pid(): number | undefined {
    return this.#children.at(-1)?.pid;
  }

  async ended(): Promise<string> {
    const child = this.#children.at(-1);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return String(child?.signalCode ?? child?.exitCode);
    return new Promise((done) => child.once("exit", (code, signal) => done(String(signal ?? code))));
  }

  async stop(): Promise<string> {
    this.#children.at(-1)?.kill("SIGINT");
    return this.ended();
  }

  /** Every byte that is kept. */
  kept(): string {
    const folder = join(this.#folder, ".vitrine");
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "latin1"))
      .join("\n");
  }

  /** What `vitrine guard list` prints. */
  list(): string {
    return execFileSync(process.execPath, this.#command("list"), { encoding: "utf8" });
  }

  /** What another command of the guard prints over the same file and state, while this process goes on; rejects where it fails. */
  async guard(...words: readonly string[]): Promise<string> {
    return (await promisify(execFile)(process.execPath, this.#command(...words))).stdout;
  }

  #command(...words: readonly string[]): string[] {
    const at = (name: string): string => join(this.#folder, name);
    const main = join(import.meta.dirname, "../../src/cli/main.ts");
    return [main, "guard", ...words, "--config", at("assets.yaml"), "--state", at(".vitrine")];
  }

  /** Asset and event of all alarms, sorted. */
  told(): readonly string[] {
    const file = join(this.#folder, ".vitrine", "state.sqlite");
    if (!existsSync(file)) return [];
    using database = new DatabaseSync(file, { readOnly: true });
    return database
      .prepare("SELECT body FROM ledger WHERE kind = 'guard-alarm' ORDER BY id")
      .all()
      .map(({ body }) => JSON.parse(String(body)) as { readonly tag: string; readonly asset: string })
      .map(({ tag, asset }) => `${asset} ${tag}`)
      .toSorted();
  }

  alarms(): readonly string[] {
    using database = new DatabaseSync(join(this.#folder, ".vitrine", "state.sqlite"), { readOnly: true, timeout: 5_000 });
    return database
      .prepare("SELECT body FROM ledger WHERE kind = 'guard-alarm' ORDER BY id")
      .all()
      .map(({ body }) => (JSON.parse(String(body)) as { readonly tag: string }).tag);
  }

  [Symbol.dispose](): void {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
