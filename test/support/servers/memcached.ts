/** memcached of Debian: open, with a login, and with UDP on where nobody looks. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Seen } from "../../../src/guard/ladder.ts";
import type { Running } from "./fixture.ts";
import { exchange, exchangeDatagram } from "./line.ts";
import { debian, program } from "./need.ts";
import { freePort, giveToServer, serverFolder, startProcess, untilReady } from "./process.ts";

const binary = "/usr/bin/memcached";
export const needsMemcached = debian("memcached", program(binary));

export const memcachedOpen = (): Promise<Running> => memcached({ udp: false, expected: "data-readable" });

/** The text protocol's login. */
export const memcachedLogin = (): Promise<Running> => memcached({ udp: false, login: "tester:made-up\n", expected: "auth-required" });

/** TCP is refused, and everything can be read all the same. */
export const memcachedUdpOnly = (): Promise<Running> => memcached({ udp: true, tcp: false, expected: "data-readable" });

export const memcachedTcpAndUdp = (): Promise<Running> => memcached({ udp: true, expected: "data-readable" });

async function memcached(options: {
  readonly udp: boolean;
  readonly tcp?: boolean;
  readonly login?: string;
  readonly expected: Seen;
}): Promise<Running> {
  const { udp, tcp = true, login, expected } = options;
  const port = await freePort();
  const folder = serverFolder("memcached");
  const file = join(folder, "login");
  writeFileSync(file, login ?? "", { mode: 0o600 });
  giveToServer(file);
  const ports = ["-l", "127.0.0.1", "-p", tcp ? `${port}` : "0", "-U", udp ? `${port}` : "0"];
  const server = startProcess({ command: [binary, ...ports, ...(login === undefined ? [] : ["-Y", file])], folder });
  await untilReady(
    server,
    async () => (await (tcp ? exchange : exchangeDatagram)(port, tcp ? "get x\r\n" : "\0\x09\0\0\0\x01\0\0get x\r\n")) !== "",
  );
  return {
    url: `memcached://127.0.0.1:${port}`,
    title: "memcached",
    version: execFileSync(binary, ["-V"], { encoding: "utf8" }).trim().split(" ")[1] ?? "?",
    evidence: "vendor",
    expected,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
