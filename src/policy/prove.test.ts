import { expect, test } from "vitest";
import type { ProbeOutcome } from "../source/probes.ts";
import type { SourceProbes } from "./prove.ts";
import { proveSource } from "./prove.ts";

const column = (name: string, select: ProbeOutcome, copy: ProbeOutcome = select) => ({
  schema: "public",
  table: "accounts",
  column: name,
  select,
  copy,
});

function verdicts(probes: Partial<SourceProbes>): readonly string[] {
  const all = proveSource(
    { columns: [column("email", "refused")], otherDecoding: "refused", physical: "refused", role: "vitrine_reader", ...probes },
    5,
  );
  expect(all.map((one) => one.name)).toEqual(["select-and-copy", "other-decoding", "physical-replication"]);
  return all.map((one) => `${one.verdict} ${one.level}`);
}

test("all refused is green", () => {
  expect(verdicts({})).toEqual(["refused green", "refused green", "refused green"]);
});

test.each([
  [{ columns: [column("email", "refused"), column("name", "refused", "possible")] }, 0, "possible red"],
  [{ columns: [column("email", "refused"), column("name", "unknown")] }, 0, "unknown amber"],
  [{ columns: [] }, 0, "unknown amber"],
  [{ otherDecoding: "possible" as const }, 1, "possible amber"],
  [{ otherDecoding: "unknown" as const }, 1, "unknown amber"],
  [{ physical: "possible" as const }, 2, "possible red"],
  [{ physical: "unknown" as const }, 2, "unknown amber"],
])("%j: what is possible or cannot be told is not green", (probes, at, expected) => {
  expect(verdicts(probes)[at]).toBe(expected);
});

test.each([
  [["PUBLIC"], [], 'REVOKE SELECT ("email") ON "public"."accounts" FROM PUBLIC'],
  [["PUBLIC"], ["PUBLIC"], 'REVOKE SELECT ON "public"."accounts" FROM PUBLIC'],
  [["vitrine_reader"], [], 'REVOKE SELECT ("email") ON "public"."accounts" FROM "vitrine_reader"'],
  // REVOKE on the table would take the declared columns along.
  [["vitrine_reader"], ["vitrine_reader"], "vitrine apply"],
  [["analysts"], ["analysts"], 'REVOKE "analysts" FROM "vitrine_reader"'],
  [["pg_read_all_data"], [], 'REVOKE "pg_read_all_data" FROM "vitrine_reader"'],
  [["superuser"], [], 'ALTER ROLE "vitrine_reader" NOSUPERUSER'],
])("a readable column is named with the command that ends it (through %j, on the whole table through %j)", (via, byTable, remedy) => {
  const [verdict] = proveSource(
    {
      columns: [column("email", "possible")],
      otherDecoding: "refused",
      physical: "refused",
      role: "vitrine_reader",
      selects: [{ schema: "public", table: "accounts", column: "email", via, byTable }],
    },
    5,
  );
  expect(verdict).toMatchObject({
    checked: 1,
    message: "1 of 1 undeclared columns can be read by this credential.",
    findings: [{ what: "public.accounts.email can be read", remedy }],
  });
});
