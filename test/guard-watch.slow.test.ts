/**
 * `vitrine guard watch` as a process of its own: killed between seeing and delivering, with a receiver that is down, over a store that is opened and
 * closed. The store is ours and speaks just enough of Redis; what the real one answers is tested elsewhere.
 */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "vitest";
import type { AlarmMessage } from "../src/guard/alarm-message.ts";

const planted = "ann-and-her-kitchen-camera@example.com";
const secret = randomBytes(32);

interface Store extends Disposable {
  readonly port: number;
  isOpen: boolean;
}

async function openStore(): Promise<Store> {
  const answers: Readonly<Record<string, string>> = {
    PING: "+PONG\r\n",
    GET: `$${planted.length}\r\n${planted}\r\n`,
    DBSIZE: ":140\r\n",
    QUIT: "+OK\r\n",
  };
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      const word = bytes.toString("latin1").split(/[ \r]/)[0] ?? "";
      socket.write(store.isOpen ? (answers[word] ?? `-ERR unknown command '${planted}'\r\n`) : `-NOAUTH ${planted}\r\n`);
    });
  });
  const store = { port: await listen(server), isOpen: false, [Symbol.dispose]: () => server.close() };
  return store;
}

interface Receiver extends Disposable {
  readonly url: string;
  /** What came, in its order, also what was answered with an error. */
  readonly messages: (AlarmMessage & { readonly answered: number })[];
  /** So many requests are answered with 503. */
  refuse: number;
}

async function openReceiver(): Promise<Receiver> {
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
      receiver.messages.push({ ...message, answered });
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

class Watch implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "vitrine-guard-watch-"));
  #child: ChildProcess | undefined;
  output = "";

  constructor(port: number) {
    const asset = `{ owner: platform, url: "redis://127.0.0.1:${port}", authorised: { by: Ann, on: 2026-11-01 }, profile: fast }`;
    writeFileSync(join(this.#folder, "assets.yaml"), `version: 1\nassets:\n  cache: ${asset}\n`);
    writeFileSync(join(this.#folder, "secret"), `whsec_${secret.toString("base64")}\n`, { mode: 0o600 });
  }

  start(receiver: Receiver, crashAt?: string): void {
    const at = (name: string): string => join(this.#folder, name);
    const flags = ["--config", at("assets.yaml"), "--state", at(".vitrine"), "--webhook", receiver.url, "--webhook-secret", at("secret")];
    const main = join(import.meta.dirname, "../src/cli/main.ts");
    const child = spawn(process.execPath, [main, "guard", "watch", ...flags], {
      env: { PATH: process.env["PATH"], HOME: this.#folder, ...(crashAt === undefined ? {} : { VITRINE_CRASH_AT: crashAt }) },
    });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (this.output += chunk.toString("utf8")));
    this.#child = child;
  }

  async ended(): Promise<string> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return String(child?.signalCode ?? child?.exitCode);
    return new Promise((done) => child.once("exit", (code, signal) => done(String(signal ?? code))));
  }

  async stop(): Promise<string> {
    this.#child?.kill("SIGINT");
    return this.ended();
  }

  /** Every byte that is kept. */
  kept(): string {
    const folder = join(this.#folder, ".vitrine");
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), "latin1"))
      .join("\n");
  }

  alarms(): readonly string[] {
    using database = new DatabaseSync(join(this.#folder, ".vitrine", "state.sqlite"), { readOnly: true });
    return database
      .prepare("SELECT body FROM ledger WHERE kind = 'guard-alarm' ORDER BY id")
      .all()
      .map(({ body }) => (JSON.parse(String(body)) as { readonly tag: string }).tag);
  }

  [Symbol.dispose](): void {
    this.#child?.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const limit = { timeout: 90_000 };
const withinMs = { timeout: 30_000, interval: 50 };
const told = (receiver: Receiver, event: string) => receiver.messages.filter((message) => message.event === event);

/** Opened before the watch begins; the second check of it alarms. */
const points = ["guard-before-kept:2", "guard-after-kept:2", "guard-after-sent:1"] as const;

for (const point of points)
  test.concurrent(`killed at ${point}: the alarm arrives, as one, and its end as one`, limit, async ({ expect }) => {
    using store = await openStore();
    using receiver = await openReceiver();
    using watch = new Watch(store.port);
    store.isOpen = true;
    watch.start(receiver, point);
    expect(await watch.ended()).toBe("SIGKILL");
    const before = told(receiver, "opened").length;
    expect(before).toBe(point.startsWith("guard-after-sent") ? 1 : 0);
    watch.start(receiver);
    await expect.poll(() => told(receiver, "opened").length, withinMs).toBe(before + 1);
    store.isOpen = false;
    await expect.poll(() => told(receiver, "closed").length, withinMs).toBe(1);
    expect(await watch.stop()).toBe("0");
    const opened = told(receiver, "opened");
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect(new Set(receiver.messages.map(({ alarm }) => alarm)).size).toBe(1);
    expect(opened[0]).toMatchObject({ severity: "page", asset: "cache", owner: "platform", seen: "data-readable" });
    expect(watch.alarms()).toEqual(["opened", "closed"]);
    expect(receiver.messages.filter(({ event }) => event !== "opened" && event !== "closed")).toEqual([]);
  });

test.concurrent("a receiver that is down gets it when it is back, also over a restart, once", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using watch = new Watch(store.port);
  receiver.refuse = 2;
  watch.start(receiver);
  await expect.poll(() => watch.output, withinMs).toContain("auth-required");
  store.isOpen = true;
  await expect.poll(() => told(receiver, "opened").length, withinMs).toBe(1);
  expect(await watch.stop()).toBe("0");
  watch.start(receiver);
  await expect.poll(() => told(receiver, "opened").map(({ answered }) => answered), withinMs).toEqual([503, 503, 204]);
  expect(new Set(told(receiver, "opened").map(({ id }) => id)).size).toBe(1);
  expect(await watch.stop()).toBe("0");
  expect(told(receiver, "opened")).toHaveLength(3);
  expect(watch.alarms()).toEqual(["opened"]);
});

test.concurrent("nothing of what a store answers is printed, kept or sent", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using watch = new Watch(store.port);
  watch.start(receiver);
  await expect.poll(() => watch.output, withinMs).toContain("auth-required");
  store.isOpen = true;
  await expect.poll(() => told(receiver, "opened").length, withinMs).toBe(1);
  // Once told, all places are looked at.
  await expect.poll(() => watch.output.split("\n").length, withinMs).toBeGreaterThan(3);
  expect(await watch.stop()).toBe("0");
  for (const [what, text] of Object.entries({ output: watch.output, kept: watch.kept(), sent: JSON.stringify(receiver.messages) })) {
    expect(text.length, what).toBeGreaterThan(50);
    expect(text, what).not.toContain(planted);
    expect(text, what).not.toContain("kitchen");
    expect(text, what).not.toContain(secret.toString("base64"));
  }
});

test.concurrent("a second watch of the same state is refused", limit, async ({ expect }) => {
  using store = await openStore();
  using receiver = await openReceiver();
  using watch = new Watch(store.port);
  watch.start(receiver);
  await expect.poll(() => watch.output, withinMs).toContain("auth-required");
  const first = watch.output;
  watch.start(receiver);
  expect(await watch.ended()).not.toBe("0");
  expect(watch.output.slice(first.length)).toContain("cli/already-running");
});
