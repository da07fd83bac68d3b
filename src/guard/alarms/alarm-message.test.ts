/** An alarm is short enough to arrive. */
import { expect, test } from "vitest";
import { messageOf } from "./alarm-message.ts";
import type { Row } from "../checks/check.ts";
import { unseen } from "./episode.ts";
import { rungs } from "../ladder.ts";
import type { Report } from "../judge.ts";
import { targetOf } from "../target.ts";

test("of very many places an alarm names the worst, and how many more there are", () => {
  const row = (address: string, seen: Row["seen"]): Row => ({
    address,
    family: "IPv4",
    channel: "plain",
    calledBy: "name",
    seen,
    because: "x".repeat(200),
    notes: [],
    certificate: undefined,
    bytesSent: 1,
    bytesReceived: 1,
    tookMs: 1,
  });
  const rows = [...Array.from({ length: 4_000 }, (_, i) => row(`192.0.2.${i}`, "auth-required")), row("198.51.100.1", "data-readable")];
  const height = rungs.indexOf("data-readable");
  const report: Report = {
    asset: { name: "a", owner: "o", targets: [targetOf("redis://a")], profile: "fast", expectedAt: () => "auth-required" },
    vantage: "here",
    checks: [{ target: "t", service: "Redis", evidence: "vendor", seen: "data-readable", rows, untested: [], remedy: "Close it." }],
    atMs: 1_000,
    tookMs: 1,
    is: "deviation",
    height,
    events: [],
    state: unseen,
    again: false,
  };
  const message = messageOf(report, { tag: "opened", sinceMs: 1_000, height });
  expect(message?.details).toHaveLength(101);
  expect(message?.details[0]).toContain("198.51.100.1");
  expect(message?.details.at(-1)).toBe("and 3901 more places");
  expect(JSON.stringify(message).length).toBeLessThan(100_000);
});
