/** memcached of Debian: open, with a login, and with UDP on where nobody looks. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Seen } from "../../../src/guard/ladder.ts";
import type { Running } from "./fixture.ts";
import { exchange, exchangeDatagram } from "./line.ts";
import { logFile } from "./log-file.ts";
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
  const server = startProcess({ command: [binary, "-vv", ...ports, ...(login === undefined ? [] : ["-Y", file])], folder });
  await untilReady(
    server,
    async () => (await (tcp ? exchange : exchangeDatagram)(port, tcp ? "get x\r\n" : "\0\x09\0\0\0\x01\0\0get x\r\n")) !== "",
  );
  return {
    ownLog: logFile("memcached -vv", server.logFile, lines()),
    url: `memcached://127.0.0.1:${port}`,
    title: "memcached",
    version: execFileSync(binary, ["-V"], { encoding: "utf8" }).trim().split(" ")[1] ?? "?",
    evidence: "vendor",
    expected,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** What it takes for lines of a TLS handshake is one thing, which it does not speak here; after it nothing else comes on that connection. */
function lines(): (line: string) => string | undefined {
  const isTls = new Map<string, boolean>();
  return (line) => {
    const [, connection = "", said = ""] = /^<(\d+) (.*)$/s.exec(line) ?? [];
    if (connection === "" || said.startsWith("connection closed")) return undefined;
    if (/^new .* client connection/.test(said)) {
      isTls.set(connection, false);
      return undefined;
    }
    if (isTls.get(connection) === true) return undefined;
    isTls.set(connection, said.startsWith("\x16\x03"));
    return isTls.get(connection) === true ? "a TLS handshake" : said;
  };
}
