/** Redis of Debian, open, closed and in the states that look like the one and are the other. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Seen } from "../../../src/guard/ladder.ts";
import type { Running } from "./fixture.ts";
import { exchange } from "./line.ts";
import { needsNamespace, openNamespace } from "./namespace.ts";
import { debian, program } from "./need.ts";
import { freePort, giveToServer, serverFolder, startProcess, untilReady } from "./process.ts";

const binary = "/usr/bin/redis-server";
export const needsRedis = debian("redis-server", program(binary));
export const needsRedisAndNamespace = [needsRedis, needsNamespace];

export const redisOpen = (): Promise<Running> => redis({ lines: ["protected-mode no"], expected: "data-readable" });

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
  readonly namespace?: { readonly address: string; readonly run: readonly string[] };
}): Promise<Running> {
  const { lines, expected, namespace } = options;
  const host = namespace?.address ?? "127.0.0.1";
  const port = namespace === undefined ? await freePort() : 6_379;
  const folder = serverFolder("redis");
  const file = join(folder, "redis.conf");
  writeFileSync(file, [`port ${port}`, `bind ${host}`, 'save ""', `dir ${folder}`, ...lines, ""].join("\n"));
  giveToServer(file);
  const server = startProcess({ command: [binary, file], folder, ...(namespace && { inside: namespace.run }) });
  await untilReady(server, async () => /^[+-]/.test(await exchange(port, "PING\r\n", host)));
  return {
    url: `redis://${host}:${port}`,
    title: "Redis",
    version: /v=(\S+)/.exec(execFileSync(binary, ["--version"], { encoding: "utf8" }))?.[1] ?? "?",
    evidence: "vendor",
    expected,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
