/** Bytes on a socket that a library would not send; one test for each attack. */
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { fakeBackend, fakeTokens, noPeople } from "../../test/support/fake-backend.ts";
import type { ApiOptions } from "./server.ts";
import { createApi } from "./server.ts";

const { entries } = fakeTokens();

describe("on the wire", () => {
  async function send(bytes: string, options: Partial<ApiOptions> = {}): Promise<string> {
    await using app = await createApi({
      backend: fakeBackend(),
      hosts: [],
      tokens: () => entries,
      ...noPeople(),
      version: "0.1.0",
      nowMs: () => 0,
      ...options,
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    socket.write(bytes);
    let text = "";
    socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await new Promise((done) => socket.once("close", done));
    return text;
  }

  test("what is no HTTP gets a problem and is not repeated", async () => {
    const text = await send("mallory@example.com\r\n\r\n");
    expect(text).toMatch(/^HTTP\/1.1 400 /);
    expect(text).toContain("api/bad-request");
    expect(text).not.toContain("mallory");
  });

  test("headers beyond the limit", async () => {
    const text = await send(`GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ${"a".repeat(20_000)}\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1.1 431 /);
  });

  test("a request without Host", async () => {
    expect(await send("GET /v1/metrics HTTP/1.0\r\n\r\n")).toContain("api/host-refused");
    expect(await send("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")).toContain("api/host-refused");
  });

  test("a target in absolute form names a host, too", async () => {
    const target = (host: string): string => `GET http://${host}/healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`;
    expect(await send(target("attacker.example"))).toContain("api/host-refused");
    expect(await send(target("127.0.0.1@attacker.example"))).toContain("api/host-refused");
    expect(await send(target("127.0.0.1:80"))).toContain('"status":"ok"');
  });

  test("an expectation that is not known passes the gate like everything", async () => {
    const head = "GET /v1/metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nExpect: a-rabbit\r\nConnection: close\r\n\r\n";
    expect(await send(head)).toContain("api/unauthorized");
  });

  test("two Host headers", async () => {
    expect(await send("GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: attacker.example\r\nconnection: close\r\n\r\n")).toContain(
      "api/host-refused",
    );
  });

  test("a length and chunks at once (request smuggling)", async () => {
    const text = await send(
      "POST /v1/metrics HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n",
    );
    expect(text).toMatch(/^HTTP\/1.1 400 /);
    expect(text).not.toContain('"ok"');
  });

  test("a request that is sent slowly is cut off", async () => {
    expect(await send("GET /healthz HTTP/1.1\r\nhost: local", { limits: { requestMs: 200 } })).toMatch(/^HTTP\/1.1 408 /);
  });
});
