/** What becomes of one alarm's messages there: one incident, begun once, ended once. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import type { AlarmMessage } from "./alarm-message.ts";
import { sendPagerDuty } from "./pagerduty.ts";

test.each([
  ["opened", "page", "trigger"],
  ["readable", "page", "trigger"],
  ["still", "info", "trigger"],
  ["acknowledged", "info", "acknowledge"],
  ["closed", "info", "resolve"],
  ["withdrawn", "info", "resolve"],
  ["holds-forbidden", "warning", "trigger"],
  ["holds-allowed", "info", "resolve"],
  // It was closed while it was counted: a new incident would have nobody to end it.
  ["readable", "info", "resolve"],
] as const)("%s, %s: %s", async (event, severity, action) => {
  const actions: unknown[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (piece: Buffer) => (text += piece.toString("utf8")));
    request.on("end", () => {
      actions.push((JSON.parse(text) as { event_action: string }).event_action);
      response.writeHead(202).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const message: AlarmMessage = {
    alarm: "cache.1",
    id: `cache.1.${event}.2`,
    event,
    severity,
    asset: "cache",
    owner: "platform",
    vantage: "here",
    seen: "data-readable",
    since: "2026-11-23T16:40:00.000Z",
    at: "2026-11-23T16:40:01.000Z",
    summary: "cache",
    details: [],
    remedy: [],
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await sendPagerDuty({ url, routingKey: "k".repeat(32) }, message);
  await new Promise((resolve) => server.close(resolve));
  expect(actions).toEqual([action]);
});
