/** Bad weather: whatever the other side does, there is a verdict within bounds of time and bytes, and it is not a comfortable one. */
import { describe, expect, test } from "vitest";
import { makeCertificate } from "../../../test/support/certificate.ts";
import type { Host, HostOptions } from "../../../test/support/hosts.ts";
import { answers, droppingHost, endless, host } from "../../../test/support/hosts.ts";
import { systemClock } from "../../lib/clock.ts";
import type { Address, Check } from "./check.ts";
import { check } from "./check.ts";
import type { Channel, Checker } from "./checker.ts";
import { checkers } from "./checkers.ts";
import type { Seen } from "../ladder.ts";
import { memcached } from "../services/memcached/memcached.ts";
import { targetOf } from "../target.ts";

/** For who answers: nothing waits for its end, however busy this machine is. */
const patience = { quietMs: 5_000, answerMs: 15_000 };
/** For who is silent: it is waited for. */
const impatience = { quietMs: 100, answerMs: 300 };
interface Options {
  readonly patience?: typeof patience;
  readonly address?: string;
  readonly channels?: readonly Channel[];
  readonly lookup?: (host: string) => Promise<readonly Address[]>;
}

async function ask(checker: Checker, port: number, options: Options = {}): Promise<Check> {
  const { address = "127.0.0.1", channels = checker.tls === "none" ? ["plain"] : ["plain", "tls"], lookup } = options;
  const target = { checker, host: address, port, names: [], user: "app", channels, label: "" } as const;
  return check(target, systemClock, { patience: options.patience ?? patience, ...(lookup && { lookup }) });
}

describe.each(checkers.map((checker) => [checker.service, checker] as const))("%s", (_, checker) => {
  const weather: readonly (readonly [string, HostOptions["onConnection"], Seen])[] = [
    ["resets every connection", (socket) => socket.resetAndDestroy(), "unknown"],
    ["closes after the handshake", (socket) => socket.end(), "unknown"],
    ["resets after the first bytes", (socket) => socket.once("data", () => socket.resetAndDestroy()), "unknown"],
    ["never says a word", () => undefined, "unknown"],
    ["sends one byte, and no more for a minute", answers("+"), "unknown"],
    ["draws an answer out byte by byte", drip, "unknown"],
    ["sends garbage", answers(Buffer.from(Array.from({ length: 600 }, (_byte, i) => (i * 97 + 13) % 251))), "unknown"],
    ["speaks SSH", (socket) => socket.write("SSH-2.0-OpenSSH_9.9\r\n"), "unknown"],
    ["speaks SMTP", (socket) => socket.write("220 mail.example.org ESMTP\r\n"), "unknown"],
    ["is a web server", answers("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 5\r\n\r\nhello"), "unknown"],
    [
      "is a proxy that asks for a login of its own",
      answers(http("407 Proxy Authentication Required", 'proxy-authenticate: Basic realm="x"')),
      "unknown",
    ],
    ["is a proxy with nobody behind it", answers(http("502 Bad Gateway")), "unknown"],
    ["is a proxy whose other side is slow", answers(http("504 Gateway Timeout")), "unknown"],
    ["is a proxy that tells everybody to slow down", answers(http("429 Too Many Requests", "retry-after: 60")), "unknown"],
    ["is a portal in between", answers(http("302 Found", "location: http://portal.example.org/login")), "unknown"],
    ["redirects", answers("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"), "unknown"],
  ];

  test.each(weather)("a host that %s", async (_what, onConnection, seen) => {
    await using place = await host({ onConnection });
    const startedMs = performance.now();
    const found = await ask(checker, place.port, { patience: impatience });
    expect(found.seen, found.rows.map(({ because }) => because).join(" ")).toBe(seen);
    expect(performance.now() - startedMs).toBeLessThan(20_000);
  });

  test("a host that drops is filtered from here, never closed", async () => {
    await using place = await droppingHost();
    const { seen } = await ask(checker, place.port, { patience: impatience });
    expect(seen).toBe(process.platform === "linux" ? "filtered" : seen);
  });

  test.each([
    ["zeros", ""],
    ["HTTP", "HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n"],
    ["a bulk string", "$10737418240\r\n"],
  ])("of 10 GB (%s) little is read, and less is kept", async (_what, first) => {
    const flood = endless(first, Buffer.alloc(65_536));
    await using place = await host({ onConnection: flood.onConnection });
    const found = await ask(checker, place.port, { patience: impatience });
    const received = found.rows.reduce((sum, row) => sum + row.bytesReceived, 0);
    // A piece of the kernel's is at most 64 KB, and the last one may go beyond the limit.
    expect(received).toBeLessThanOrEqual(place.connections() * (2 * 65_536));
    expect(flood.written()).toBeLessThan(64_000_000);
    expect(found.seen).toBe("unknown");
  });

  test("nothing listens", async () => {
    const gone = await host({ onConnection: () => undefined });
    await gone[Symbol.asyncDispose]();
    const { seen } = await ask(checker, gone.port);
    expect(seen).toBe("closed");
  });

  test.skipIf(checker.tls !== "at-once").each(["TLSv1.2", "TLSv1.3"] as const)("%s with a client certificate wanted", async (version) => {
    const tls = { ...makeCertificate(3), requestCert: true, rejectUnauthorized: true, minVersion: version, maxVersion: version };
    await using place = await host({ onConnection: () => undefined, tls });
    const { rows, seen } = await ask(checker, place.port, { channels: ["tls"] });
    expect(seen).toBe("auth-required");
    expect(rows[0]?.because).toBe("A client certificate is asked for.");
  });

  test.skipIf(checker.tls !== "at-once")("TLS without a cipher in common is not known, not a wish for a certificate", async () => {
    const tls = { ...makeCertificate(3), maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" } as const;
    await using place = await host({ onConnection: () => undefined, tls });
    expect((await ask(checker, place.port, { channels: ["tls"] })).seen).toBe("unknown");
  });

  test.skipIf(checker.tls !== "at-once")("TLS that closes after the handshake", async () => {
    await using place = await host({ onConnection: (socket) => socket.end(), tls: makeCertificate(3) });
    expect((await ask(checker, place.port, { channels: ["tls"] })).seen).toBe("unknown");
  });
});

const http = (status: string, ...headers: readonly string[]): string =>
  `HTTP/1.1 ${[status, ...headers, "content-length: 0"].join("\r\n")}\r\n\r\n`;

/** A byte every 20 ms: never quiet, never whole. */
function drip(socket: Parameters<HostOptions["onConnection"]>[0]): void {
  const timer = setInterval(() => socket.write("H"), 20);
  socket.on("close", () => clearInterval(timer));
}

const openMemcached = (more: Partial<HostOptions> = {}): Promise<Host> => host({ onConnection: answers("END\r\n"), ...more });

describe("certificates are reported and stop nothing", () => {
  test.each([
    ["self-signed", 2120, false],
    ["over", 2021, true],
  ] as const)("%s", async (_what, lastYear, isOver) => {
    await using place = await openMemcached({ tls: makeCertificate(5, lastYear) });
    const { seen, rows } = await ask(memcached, place.port, { channels: ["tls"] });
    expect(seen).toBe("data-readable");
    expect(rows[0]?.certificate).toMatchObject({ isTrusted: false, validTo: `${lastYear}-01-01T00:00:00.000Z` });
    expect(rows[0]?.certificate?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(Date.parse(rows[0]?.certificate?.validTo ?? "") < Date.now()).toBe(isOver);
  });
});

test("a TLS that nobody should speak any more is spoken: what is behind it can be read", async () => {
  const tls = { ...makeCertificate(6), minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
  await using place = await openMemcached({ tls });
  expect((await ask(memcached, place.port, { channels: ["tls"] })).seen).toBe("data-readable");
});

describe("names", () => {
  const ipv4 = (address: string): Address => ({ address, family: "IPv4" });

  test("with 50 addresses: each is asked by name and by itself, and one open one is enough", async () => {
    await using place = await openMemcached();
    const lookup = async (): Promise<readonly Address[]> => Array.from({ length: 50 }, (_one, i) => ipv4(`127.0.0.${50 - i}`));
    const found = await ask(memcached, place.port, { address: "cache.example.org", channels: ["plain"], lookup });
    expect(found.seen).toBe("data-readable");
    expect(found.rows).toHaveLength(100);
    expect(found.rows.filter(({ seen }) => seen === "data-readable").map(({ address }) => address)).toEqual(["127.0.0.1", "127.0.0.1"]);
    expect(found.untested).toEqual(["IPv6"]);
  });

  test("with more addresses than are asked: not known, even where all that were asked are closed", async () => {
    const gone = await openMemcached();
    await gone[Symbol.asyncDispose]();
    const lookup = async (): Promise<readonly Address[]> => Array.from({ length: 65 }, () => ipv4("127.0.0.1"));
    const found = await ask(memcached, gone.port, { address: "cache.example.org", channels: ["plain"], lookup });
    expect(found.seen).toBe("unknown");
    expect(found.rows).toHaveLength(128);
  });

  test("with none", async () => {
    const found = await ask(memcached, 1, { address: "cache.example.org", lookup: async () => [] });
    expect(found).toMatchObject({ seen: "unknown", rows: [], untested: ["IPv4", "IPv6"] });
  });

  test("that changes: only what was declared is contacted, and the rest is not known", async () => {
    await using ours = await openMemcached();
    await using strangers = await openMemcached({ address: "127.0.0.2", port: ours.port });
    const target = {
      ...targetOf(`memcached://cache.example.org:${ours.port}`),
      channels: ["plain"],
      addresses: new Set(["127.0.0.1"]),
    } as const;
    let addresses = ["127.0.0.1"];
    const look = async (): Promise<Check> => check(target, systemClock, { patience, lookup: async () => addresses.map(ipv4) });
    expect((await look()).rows.map(({ seen }) => seen)).toEqual(["data-readable", "data-readable"]);
    addresses = ["127.0.0.2"];
    const moved = await look();
    expect(moved.seen).toBe("unknown");
    expect(moved.rows).toMatchObject([
      {
        address: "127.0.0.2",
        calledBy: "name",
        seen: "unknown",
        because: "Moved: this address is not among those that are declared. It was not contacted.",
      },
    ]);
    // Of several the declared one is asked, and what is open there is open.
    addresses = ["127.0.0.2", "127.0.0.1"];
    expect((await look()).rows.map(({ seen }) => seen)).toEqual(["unknown", "data-readable", "data-readable"]);
    expect(strangers.connections()).toBe(0);
  });

  test("that changes, without declared addresses: what it has now is asked and shown", async () => {
    await using ours = await openMemcached();
    await using other = await host({ onConnection: answers("CLIENT_ERROR unauthenticated\r\n"), address: "127.0.0.2", port: ours.port });
    const target = { ...targetOf(`memcached://cache.example.org:${ours.port}`), channels: ["plain"] } as const;
    const look = async (address: string): Promise<Check> => check(target, systemClock, { patience, lookup: async () => [ipv4(address)] });
    expect(await look("127.0.0.1")).toMatchObject({ seen: "data-readable", rows: [{ address: "127.0.0.1" }, {}] });
    expect(await look("127.0.0.2")).toMatchObject({ seen: "auth-required", rows: [{ address: "127.0.0.2" }, {}] });
    expect(other.connections()).toBe(2);
  });

  test("that there are not (RFC 6761)", async () => {
    const found = await check(targetOf("memcached://no-such-name.invalid"), systemClock, { patience });
    expect(found).toMatchObject({ seen: "unknown", rows: [] });
  });

  test("IPv6 only", async ({ skip }) => {
    const place = await openMemcached({ address: "::1" }).catch(() => undefined);
    if (place === undefined) return skip("there is no IPv6 here");
    await using _end = place;
    const found = await check(targetOf(`memcached://[::1]:${place.port}`), systemClock, { patience });
    expect(found).toMatchObject({ seen: "data-readable", target: `memcached://[::1]:${place.port}`, untested: ["IPv4"] });
    expect(found.rows.map(({ family }) => family)).toContain("IPv6");
  });
});
