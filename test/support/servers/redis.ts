/** Redis of Debian, open, closed and in the states that look like the one and are the other. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { plantedWord } from "../../../src/guard/readable/planted.ts";
import type { Seen } from "../../../src/guard/ladder.ts";
import type { OwnLog, Running } from "./fixture.ts";
import { exchange } from "./line.ts";
import { needsNamespace, openNamespace } from "./namespace.ts";
import { debian, program } from "./need.ts";
import { freePort, giveToServer, serverFolder, startProcess, untilReady } from "./process.ts";

const binary = "/usr/bin/redis-server";
export const needsRedis = debian("redis-server", program(binary));
export const needsRedisAndNamespace = [needsRedis, needsNamespace];

/** Of one database and of another; what is planted is one of them. */
const people = [
  `SET vitrine:canary ${plantedWord(Buffer.from("redis, a fixture"))}`,
  ...Array.from({ length: 140 }, (_, i) => `SET user:${i}:weight 70`),
  ...Array.from({ length: 140 }, (_, i) => `SET user:${i}:height 180`),
  ...Array.from({ length: 2_400 }, (_, i) => `SET session:made-up-${i}@example.org made-up`),
  "SELECT 9",
  ...Array.from({ length: 24 }, (_, i) => `SET access_token:${i} made-up`),
];
const holds = [
  "all of it: 2,705 records of an unknown number of persons. By the names of fields, at least:",
  "280 with body metrics (special category, GDPR Art. 9)",
  "24 with integration tokens",
  "2,400 with session tokens",
  "2,400 with e-mail addresses",
  "280 with user numbers",
  "The declaration allows none of these there.",
];

export const redisOpen = (): Promise<Running> => redis({ lines: ["protected-mode no"], expected: "data-readable", holds });

export const redisPassword = (): Promise<Running> => redis({ lines: ["requirepass made-up"], expected: "auth-required" });

/** The default user may nearly everything, and no key but those of a name that nobody asks for. */
export const redisKeysKept = (): Promise<Running> => redis({ lines: ["user default on nopass ~pub:* +@all"], expected: "counts-readable" });

export const redisPingOnly = (): Promise<Running> =>
  redis({ lines: ["user default on nopass ~* -@all +ping"], expected: "anonymous-accepted" });

/** Protected mode answers loopback as an open one does, and denies everybody else: so the server stands in a network of its own. */
export const redisProtected = (): Promise<Running> => elsewhere({ lines: ["protected-mode yes"], expected: "shielded" });

/** The same place, with no default that shields it. */
export const redisOpenElsewhere = (): Promise<Running> => elsewhere({ lines: ["protected-mode no"], expected: "data-readable" });

async function elsewhere(options: { readonly lines: readonly string[]; readonly expected: Seen }): Promise<Running> {
  using ends = new DisposableStack();
  const namespace = ends.use(openNamespace());
  const running = await redis({ ...options, namespace });
  const later = ends.move();
  return {
    ...running,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      later.dispose();
    },
  };
}

async function redis(options: {
  readonly lines: readonly string[];
  readonly expected: Seen;
  readonly holds?: readonly string[];
  readonly namespace?: { readonly address: string; readonly run: readonly string[] };
}): Promise<Running> {
  const { lines, expected, namespace, ...more } = options;
  const host = namespace?.address ?? "127.0.0.1";
  const port = namespace === undefined ? await freePort() : 6_379;
  const folder = serverFolder("redis");
  const file = join(folder, "redis.conf");
  const socket = join(folder, "sock");
  const own = [`unixsocket ${socket}`, "unixsocketperm 777", `user ${watcher} on >made-up-too ~* &* +@all`];
  writeFileSync(file, [`port ${port}`, `bind ${host}`, 'save ""', `dir ${folder}`, ...own, ...lines, ""].join("\n"));
  giveToServer(file);
  const server = startProcess({ command: [binary, file], folder, ...(namespace && { inside: namespace.run }) });
  await untilReady(server, async () => /^[+-]/.test(await exchange(port, "PING\r\n", host)));
  if (more.holds !== undefined) await fill(socket);
  return {
    ...more,
    ownLog: await monitored(socket),
    url: `redis://${host}:${port}`,
    title: "Redis",
    version: /v=(\S+)/.exec(execFileSync(binary, ["--version"], { encoding: "utf8" }))?.[1] ?? "?",
    evidence: "vendor",
    expected,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function fill(socket: string): Promise<void> {
  const { text } = await client(socket, people.join("\r\n"));
  const isDone = (): boolean => text().split("+OK\r\n").length > people.length + 1;
  for (let waited = 0; waited < 20_000 && !isDone(); waited += 50) await sleep(50);
}

const watcher = "watcher";

/**
 * MONITOR says what was carried out, with its arguments, but for commands of administration; all of them, also those that were refused, the server
 * counts by their names. Over the server's file socket, so that whom the guard asks is as it was.
 */
async function monitored(socket: string): Promise<OwnLog> {
  const monitor = await client(socket, "MONITOR");
  const before = await counts(socket);
  let looks = 0;
  return {
    of: "MONITOR",
    async asked() {
      await sleep(300);
      const done = monitor
        .text()
        .split("\r\n")
        .flatMap((line) => /^\+[\d.]+ \[\d+ (?!unix:)[^\]]*\] (.*)$/.exec(line)?.[1] ?? []);
      const shown = new Set(done.map((one) => /^"([^"]*)"/.exec(one)?.[1]?.toLowerCase()));
      // Each look is a log-in and a question of our own.
      looks += 1;
      const ours = new Map([
        ["auth", looks],
        ["info", looks],
      ]);
      const counted = [...(await counts(socket))]
        .filter(([name, count]) => count > (before.get(name) ?? 0) + (ours.get(name) ?? 0) && !shown.has(name.split("|")[0]))
        .map(([name]) => `counted ${name}`);
      return [...done, ...counted];
    },
  };
}

async function counts(socket: string): Promise<ReadonlyMap<string, number>> {
  const counter = await client(socket, "INFO commandstats");
  await sleep(100);
  const lines = [...counter.text().matchAll(/^cmdstat_(\S+?):calls=(\d+),.*rejected_calls=(\d+)/gm)];
  return new Map(lines.map(([, name = "", calls, rejected]) => [name, Number(calls) + Number(rejected)]));
}

async function client(path: string, command: string): Promise<{ readonly text: () => string }> {
  let text = "";
  const socket = connect({ path }).unref();
  socket.on("data", (bytes: Buffer) => (text += bytes.toString("latin1"))).on("error", () => undefined);
  socket.write(`AUTH ${watcher} made-up-too\r\n${command}\r\n`);
  for (let waited = 0; waited < 2_000 && text.split("\r\n").length < 3; waited += 10) await sleep(10);
  if (!text.startsWith("+OK\r\n")) throw new Error("the fixture's own client was not let in");
  return { text: () => text };
}
