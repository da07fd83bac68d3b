import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseDeclaration } from "../policy/declaration.ts";
import { reportCopy } from "./copy-report.ts";

const file = join(import.meta.dirname, "../../examples/smart-home/vitrine.yaml");
const line = {
  name: "store",
  verdict: "clean",
  level: "green",
  checked: 1,
  message: "m",
  findings: [{ what: "w", remedy: "r" }],
  at: 0,
} as const;
const report = reportCopy({
  declaration: parseDeclaration(readFileSync(file, "utf8"), file),
  generation: 3,
  rows: { devices: 7 },
  proof: [line],
  verification: undefined,
});

test("every column is there, and a column leaves only where the file lets it", () => {
  const accounts = report.tables.find(({ source }) => source === "public.accounts");
  expect(accounts?.columns.find(({ name }) => name === "email")).toEqual({ name: "email", is: "e-mail address" });
  expect(accounts?.columns.find(({ name }) => name === "id")?.leaves).toBe("as a keyed pseudonym (account)");
  expect(accounts?.columns.find(({ name }) => name === "country")?.leaves).toBe("as one of 20 listed values");
  expect(report.tables.find(({ name }) => name === "devices")?.rows).toBe(7);
});

test("tables of which nothing leaves are named, with every column staying", () => {
  const homes = report.tables.find(({ source }) => source === "public.homes");
  expect(homes?.name).toBeUndefined();
  expect(homes?.columns.map(({ leaves }) => leaves)).toEqual(homes?.columns.map(() => undefined));
  expect(report.tables.find(({ source }) => source === "public.app_log")).toMatchObject({ is: "free text of many services", columns: [] });
});

test("what a proof found is not handed on", () => {
  expect(JSON.stringify(report.proof)).not.toContain("findings");
});
