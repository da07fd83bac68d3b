/** What an alarm of several assets is called. */
import { expect, test } from "vitest";
import { BlindGroups } from "./blind-groups.ts";
import { checkers } from "../checks/checkers.ts";
import { unseen } from "./episode.ts";
import type { Report } from "../judge.ts";
import { targetOf } from "../target.ts";

test.each(checkers.map(({ title }) => title))(
  "where the checker of %s is not believed the alarm's name can stand in an address",
  (title) => {
    const row = {
      address: "192.0.2.1",
      family: "IPv4",
      channel: "plain",
      calledBy: "name",
      seen: "unknown",
      because: "",
      isDisbelieved: true,
      notes: [],
      certificate: undefined,
      bytesSent: 1,
      bytesReceived: 1,
      tookMs: 1,
    } as const;
    const check = {
      target: "t",
      service: title,
      evidence: "vendor",
      seen: "unknown",
      rows: [row],
      untested: [],
      remedy: undefined,
    } as const;
    const report: Report = {
      asset: { name: "a", owner: "o", targets: [targetOf("redis://a")], profile: "fast", expectedAt: () => "auth-required" },
      vantage: "here",
      checks: [check],
      atMs: 400_000,
      tookMs: 1,
      is: "unknown",
      height: 0,
      events: [{ tag: "blind", vantage: "here", sinceMs: 1_000 }],
      state: unseen,
      again: false,
    };
    const [begun] = new BlindGroups([]).see(report);
    expect(begun?.group.reason).toBe(`control-${title}`);
    // As the interface takes it (guard-routes.ts).
    expect(begun?.group.id).toMatch(/^[a-z0-9][A-Za-z0-9_.:-]{0,300}$/);
  },
);

test("what is not known for another reason by now is not seen again", () => {
  const row = {
    address: "192.0.2.1",
    family: "IPv4",
    channel: "plain",
    calledBy: "name",
    because: "",
    notes: [],
    certificate: undefined,
  } as const;
  const report = (is: Report["is"], heard: "nothing" | "oddities" | "no-address", events: Report["events"] = []): Report => {
    const seen = is === "unknown" ? "unknown" : "closed";
    const rows =
      heard === "no-address" ? [] : [{ ...row, seen, bytesSent: 1, bytesReceived: heard === "nothing" ? 0 : 1, tookMs: 1 } as const];
    return {
      asset: { name: "a", owner: "o", targets: [targetOf("redis://a")], profile: "fast", expectedAt: () => "auth-required" },
      vantage: "here",
      checks: [{ target: "t", service: "Redis", evidence: "vendor", seen, rows, untested: [], remedy: undefined }],
      atMs: 400_000,
      tookMs: 1,
      is,
      height: 0,
      events,
      state: unseen,
      again: false,
    };
  };
  const groups = new BlindGroups([]);
  const tags = (one: Report): readonly string[] => groups.see(one).map(({ tag, group }) => `${tag} ${group.reason}`);
  expect(tags(report("unknown", "no-address", [{ tag: "blind", vantage: "here", sinceMs: 1_000 }]))).toEqual(["begun no-address"]);
  expect(tags(report("unknown", "oddities"))).toEqual([]);
  expect(tags(report("unknown", "nothing"))).toEqual([]);
  expect(tags(report("unknown", "no-address"))).toEqual([]);
  expect(tags(report("as-expected", "oddities"))).toEqual(["over no-address"]);
});
