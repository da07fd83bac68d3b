/** What somebody sends to hurt: bodies without an end, connections that crawl, answers that nobody takes. One test for each. */
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fakeBackend, fakeTokens, noPeople } from "../../test/support/fake-backend.ts";
import { VitrineError } from "../model/error.ts";
import { createApi } from "./server.ts";
import type { ApiOptions } from "./server.ts";

const { entries, bearer } = fakeTokens();
let app: FastifyInstance;
let port: number;
let nowMs = 1_000;

async function open(options: Partial<ApiOptions> = {}): Promise<void> {
  app = await createApi({
    backend: fakeBackend(),
    hosts: [],
    tokens: () => entries,
    ...noPeople(),
    version: "0.1.0",
    nowMs: () => nowMs,
    limits: { requestMs: 300, idleMs: 500 },
    ...options,
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  ({ port } = app.server.address() as AddressInfo);
}
beforeEach(async () => open());
afterEach(async () => app.close());

interface Heard {
  readonly text: string;
  readonly ms: number;
  readonly sentBytes: number;
}

/** Talks until the other side ends it. */
async function talk(say: (socket: Socket) => Promise<void> | void): Promise<Heard> {
  const socket = connect(port, "127.0.0.1");
  const started = performance.now();
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
  socket.on("error", () => undefined);
  const closed = new Promise((done) => socket.once("close", done));
  void Promise.resolve(say(socket)).catch(() => undefined);
  await closed;
  return { text, ms: performance.now() - started, sentBytes: socket.bytesWritten };
}

const head = (method: string, path: string, more: string): string =>
  `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: ${bearer.admin}\r\norigin: http://127.0.0.1:${port}\r\ncontent-type: application/json\r\n${more}\r\n\r\n`;

/** Writes until it is told to stop; gives up after 100 MB. */
async function flood(socket: Socket, chunk: string): Promise<void> {
  for (let sent = 0; sent < 100_000_000 && !socket.destroyed; sent += chunk.length) {
    if (!socket.write(chunk)) await new Promise((done) => (socket.once("drain", done), socket.once("close", done)));
  }
}

describe("a body of 100 MB", () => {
  test("that says so is refused before it is sent", async () => {
    const { text } = await talk((socket) => void socket.write(head("POST", "/v1/session", "content-length: 100000000")));
    expect(text).toMatch(/^HTTP\/1.1 413 /);
    expect(text).toContain("api/too-large");
  });

  test("in chunks is cut off, and is not kept", async () => {
    const before = process.memoryUsage().rss;
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const { sentBytes } = await talk(async (socket) => {
      socket.write(head("POST", "/v1/session", "transfer-encoding: chunked"));
      await flood(socket, chunk);
    });
    expect(sentBytes).toBeLessThan(100_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(60e6);
  });

  test("on a path that takes none", async () => {
    const { text } = await talk(async (socket) => {
      socket.write(head("GET", "/v1/metrics", "content-length: 100000000"));
      await flood(socket, "x".repeat(0x10000));
    });
    expect(text).not.toContain("HTTP/1.1 5");
    expect((await app.inject({ url: "/healthz", headers: { host: "127.0.0.1" } })).statusCode).toBe(200);
  });
});

describe("slow-loris", () => {
  test("a head, one byte at a time", async () => {
    const { text, ms } = await talk(async (socket) => {
      for (const byte of head("GET", "/healthz", "x: y").repeat(9)) {
        if (socket.destroyed) return;
        socket.write(byte);
        await new Promise((done) => setTimeout(done, 20));
      }
    });
    expect(ms).toBeLessThan(4_000);
    expect(text).not.toContain('"ok"');
  });

  test("a body, one byte at a time", async () => {
    const { ms, text } = await talk(async (socket) => {
      socket.write(head("POST", "/v1/session", "content-length: 100"));
      while (!socket.destroyed) {
        socket.write(" ");
        await new Promise((done) => setTimeout(done, 50));
      }
    });
    expect(ms).toBeLessThan(4_000);
    expect(text).not.toMatch(/^HTTP\/1.1 200/);
  });

  test("nothing at all", async () => {
    expect((await talk(() => undefined)).ms).toBeLessThan(4_000);
  });
});

describe("headers that are made of what was asked", () => {
  test("a name cannot end a header", async () => {
    for (const name of ["a%0d%0aSet-Cookie:%20x=1", "activations%0d%0aX:1", "activations%22;x="]) {
      const answer = await app.inject({ url: `/v1/metrics/${name}.csv`, headers: { host: "127.0.0.1", authorization: bearer.viewer } });
      expect([400, 404]).toContain(answer.statusCode);
      expect(JSON.stringify(answer.headers)).not.toMatch(/set-cookie|"x":/);
    }
  });

  test("a reason with a line break", async () => {
    const url = `/v1/metrics/activations?reason=${encodeURIComponent("because\r\nSet-Cookie: x=1")}`;
    expect((await app.inject({ url, headers: { host: "127.0.0.1", authorization: bearer.analyst } })).statusCode).toBe(400);
  });

  test("an ETag that is a novel", async () => {
    const headers = { host: "127.0.0.1", authorization: bearer.viewer, "if-none-match": `"${"x".repeat(9_000)}"` };
    expect((await app.inject({ url: "/v1/metrics", headers })).statusCode).toBe(200);
  });
});

describe("tokens", () => {
  test("one that is over, to the millisecond", async () => {
    await app.close();
    await open({ tokens: () => entries.map((entry) => ({ ...entry, expiresAt: 5_000 })) });
    const ask = async () =>
      (await app.inject({ url: "/v1/metrics", headers: { host: "127.0.0.1", authorization: bearer.viewer } })).statusCode;
    nowMs = 4_999;
    const before = await ask();
    nowMs = 5_000;
    expect([before, await ask()]).toEqual([200, 401]);
  });
});

describe("while the copy is not as it should be", () => {
  const states = {
    building: ["cli/not-ready", "The copy has not begun."],
    opening: ["cli/not-running", "The server is still opening its store."],
    switching: ["metrics/policy-differs", "The mirror holds a copy made under another policy."],
  } as const;
  for (const [state, [code, message]] of Object.entries(states)) {
    test(`${state}: a problem that says so and when to ask again, in every form`, async () => {
      await app.close();
      await open({ backend: fakeBackend({ answer: async () => Promise.reject(new VitrineError(code, { message })) }) });
      for (const form of ["", ".csv", ".parquet"]) {
        const answer = await app.inject({
          url: `/v1/metrics/activations${form}`,
          headers: { host: "127.0.0.1", authorization: bearer.viewer },
        });
        expect([answer.statusCode, answer.headers["retry-after"], answer.json<{ code: string }>().code]).toEqual([503, "1", code]);
        expect(answer.headers["etag"]).toBeUndefined();
      }
    });
  }

  test("untrusted: the answer says so, also in the file's headers", async () => {
    await app.close();
    const plain = fakeBackend();
    await open({
      backend: fakeBackend({ answer: async (question, rights) => ({ ...(await plain.answer(question, rights)), state: "untrusted" }) }),
    });
    const headers = { host: "127.0.0.1", authorization: bearer.viewer };
    expect((await app.inject({ url: "/v1/metrics/activations", headers })).json()).toMatchObject({ state: "untrusted" });
    expect((await app.inject({ url: "/v1/metrics/activations.csv", headers })).headers["vitrine-state"]).toBe("untrusted");
  });
});
