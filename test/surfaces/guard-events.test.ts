/** What the guard saw, told over HTTP while it happens: server-sent events over a real socket. */
import { once } from "node:events";
import { get } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FastifyInstance } from "fastify";
import type { GuardEvent } from "../../src/api/contract.ts";
import { Listeners } from "../../src/api/listeners.ts";
import { createApi } from "../../src/api/server.ts";
import type { TokenEntry } from "../../src/api/tokens.ts";
import { fakeBackend, fakeTokens, noPeople } from "../support/fake-backend.ts";

const { entries, bearer } = fakeTokens();
let app: FastifyInstance;
let tokens: readonly TokenEntry[];
let events: Listeners<GuardEvent>;
beforeEach(async () => {
  tokens = entries;
  events = new Listeners(2);
  app = await createApi({
    backend: fakeBackend(),
    hosts: [],
    tokens: () => tokens,
    ...noPeople(),
    version: "0.1.0",
    nowMs: Date.now,
    guardEvents: events,
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
});
afterEach(async () => app.close());

async function listen(): Promise<{ readonly answer: IncomingMessage; readonly heard: () => string }> {
  const { port } = app.server.address() as AddressInfo;
  const request = get({ host: "127.0.0.1", port, path: "/v1/guard/events", headers: { authorization: bearer.responder }, agent: false });
  const [answer] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
  answer.on("error", () => undefined);
  return { answer, heard: () => text };
}

test("who listens hears what changes, at once and nothing else", async () => {
  const { answer, heard } = await listen();
  expect(answer.headers["content-type"]).toBe("text/event-stream");
  expect(answer.headers["cache-control"]).toBe("no-store");
  await expect.poll(heard).toBe("retry: 2000\n\n");
  events.tell({ changed: "alarms" });
  await expect.poll(heard).toBe('retry: 2000\n\ndata: {"changed":"alarms"}\n\n');
  answer.destroy();
});

test("whose token is revoked hears nothing more: the answer ends", async () => {
  const { answer, heard } = await listen();
  await expect.poll(heard).toContain("retry");
  tokens = [];
  const ended = once(answer, "end");
  events.tell({ changed: "assets" });
  await ended;
  expect(heard()).not.toContain("changed");
});

test("no more than so many listen; one that goes makes room", async () => {
  const [first, second, third] = [await listen(), await listen(), await listen()];
  expect([first, second, third].map(({ answer }) => answer.statusCode)).toEqual([200, 200, 503]);
  first.answer.destroy();
  await expect.poll(async () => (await listen()).answer.statusCode).toBe(200);
});

test("Prometheus is told of the guard for those who answer for it, and for nobody else", async () => {
  const ask = async (role: "analyst" | "responder") =>
    (await app.inject({ url: "/metrics", headers: { host: "127.0.0.1", authorization: bearer[role] } })).body;
  expect(await ask("analyst")).not.toContain("vitrine_guard");
  const text = await ask("responder");
  expect(text).toContain('vitrine_guard_asset_deviates{asset="cache",vantage="here"} 1\n');
  // Nobody knows: that is no 0.
  expect(text).toContain('vitrine_guard_asset_deviates{asset="cache",vantage="outside"} NaN\n');
  expect(text).toContain('vitrine_guard_alarms_open{severity="page"} 1\n');
  expect(text).toContain('vitrine_guard_deliveries_waiting{channel="webhook"} 1\n');
});
