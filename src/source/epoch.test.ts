import { expect, test } from "vitest";
import type { Epoch } from "./epoch.ts";
import { compareEpochs, formatEpoch, parseEpoch } from "./epoch.ts";

const epoch: Epoch = {
  version: 1,
  systemIdentifier: "1",
  timeline: 1,
  database: { name: "shop", oid: 5 },
  role: { name: "r", superuser: false, bypassRls: false, replication: true, memberOf: [], grants: [] },
  publications: [],
  tables: [],
};

test.each([
  ["another cluster", { ...epoch, systemIdentifier: "2", timeline: 9 }, ["* system-replaced rebuild data"]],
  ["another database", { ...epoch, database: { name: "shop", oid: 6 } }, ["* system-replaced rebuild data"]],
  ["a standby took over", { ...epoch, timeline: 2 }, ["* timeline-changed rebuild data"]],
  ["the role became superuser", { ...epoch, role: { ...epoch.role, superuser: true } }, ["* role-changed command privacy"]],
  ["the role sees past row security", { ...epoch, role: { ...epoch.role, bypassRls: true } }, ["* role-changed command privacy"]],
  ["nothing", epoch, []],
])("%s", (_, now, said) => {
  expect(compareEpochs(epoch, now).map((one) => `${one.table} ${one.reason} ${one.mend.tag} ${one.concerns}`)).toEqual(said);
});

test("the stored text does not depend on the order of keys", () => {
  const turned = Object.fromEntries(Object.entries(epoch).toReversed()) as Epoch;
  expect(formatEpoch(turned)).toBe(formatEpoch(epoch));
});

test.each(["", "{", "{}", "null", JSON.stringify({ ...epoch, version: 2 })])("what is no epoch is none: %s", (text) => {
  expect(parseEpoch(text)).toBeUndefined();
});
