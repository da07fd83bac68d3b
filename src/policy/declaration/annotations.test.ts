import { expect, test } from "vitest";
import { VitrineError } from "../../model/error.ts";
import type { Declaration } from "../declaration.ts";
import { parseDeclaration } from "../declaration.ts";

const rest = `version: 1
zone: UTC
unit: accounts
entities:
  accounts: { table: public.accounts, columns: { id: { is: identifier, take: token account }, created_at: { is: time, take: truncate minute } } }
metrics:
  sign_ups: { count: accounts, at: created_at, grain: [day] }
`;

function read(annotations: unknown): Declaration {
  return parseDeclaration(`${rest}annotations: ${JSON.stringify(annotations)}\n`, "v.yaml");
}

function failureOf(annotations: unknown): string {
  try {
    read(annotations);
  } catch (error) {
    return error instanceof VitrineError ? `${error.code} ${error.message} ${error.place} ${error.remedy}` : "another error";
  }
  return "accepted";
}

test("they come in the order of time, of all metrics or of those that are named", () => {
  const given = [
    { at: "2026-11-02", title: "Campaign", metrics: ["sign_ups"] },
    { at: "2026-02-28", title: "New prices" },
  ];
  expect(read(given).annotations).toEqual([
    { at: "2026-02-28", title: "New prices", metrics: undefined },
    { at: "2026-11-02", title: "Campaign", metrics: ["sign_ups"] },
  ]);
});

test("they decide nothing about the copy", () => {
  expect(read([{ at: "2026-11-02", title: "Campaign" }]).policyHash).toBe(parseDeclaration(rest, "v.yaml").policyHash);
});

test.for([
  ["a day that there is not", [{ at: "2026-02-30", title: "x" }], ["policy/invalid", "YYYY-MM-DD"]],
  ["another form", [{ at: "2.11.2026", title: "x" }], ["policy/invalid", "YYYY-MM-DD"]],
  ["a day before all time", [{ at: "0001-01-01", title: "x" }], ["policy/invalid"]],
  ["a metric that there is not", [{ at: "2026-11-02", title: "x", metrics: ["sign_up"] }], ["policy/unknown-word", "sign_up", "sign_ups"]],
  ["no title", [{ at: "2026-11-02" }], ["policy/"]],
  ["a long title", [{ at: "2026-11-02", title: "x".repeat(200) }], ["policy/"]],
  ["a word that nobody knows", [{ at: "2026-11-02", title: "x", colour: "red" }], ["policy/unknown-word"]],
  ["no list", { at: "2026-11-02", title: "x" }, ["policy/"]],
] as const)("%s", ([, annotations, parts]) => {
  const failure = failureOf(annotations);
  for (const part of parts) expect(failure).toContain(part);
});
