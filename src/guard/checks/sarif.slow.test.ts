/** What is printed as SARIF is SARIF by its schema, and says of each store what the check says. */
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { sarifSchema, sarifSchemaCommand } from "../../../test/support/sarif-schema.ts";
import type { Check } from "./check.ts";
import type { Seen } from "../ladder.ts";
import { rungs } from "../ladder.ts";
import { sarifOf } from "./sarif.ts";

const schema = sarifSchema();

function checkOf(seen: Seen, target = "redis://cache.example.org:6379"): Check {
  const place = { address: "192.0.2.7", family: "IPv4", channel: "plain", calledBy: "address" } as const;
  const row = {
    ...place,
    seen,
    because: `It is ${seen}.`,
    notes: ["A note."],
    certificate: undefined,
    bytesSent: 1,
    bytesReceived: 2,
    tookMs: 3,
  };
  const remedy = seen === "closed" || seen === "auth-required" ? undefined : "Close it.";
  return { target, service: "Redis", evidence: "vendor", seen, rows: [row], untested: ["IPv6"], remedy };
}

const all: readonly Seen[] = [...rungs, "unknown", "silent"];

describe("the schema", () => {
  test.skipIf(schema === undefined && process.env["CI"] !== "true")(
    schema === undefined
      ? `takes each verdict (not tried: ${sarifSchemaCommand})`
      : "takes each verdict, no verdict, and refuses what is none",
    () => {
      const ajv = new Ajv({ strict: false, unicodeRegExp: false });
      formats.default(ajv);
      const isValid = ajv.compile(schema ?? { not: {} });
      const log = sarifOf(
        all.map((seen) => checkOf(seen)),
        "0.1.0",
      );
      for (const one of [log, sarifOf([], "0.1.0"), sarifOf([{ ...checkOf("unknown"), rows: [] }], "0.1.0")])
        expect([isValid(JSON.parse(JSON.stringify(one))), isValid.errors]).toEqual([true, null]);
      const [run] = log.runs;
      expect(isValid({ ...log, runs: [{ ...run, results: [{ ...run.results[0], level: "bad" }] }] })).toBe(false);
      expect(isValid({ ...log, runs: [{ ...run, results: [{ ...run.results[0], message: {} }] }] })).toBe(false);
    },
  );
});

test("open is an error, what is not known is a warning, and only what is closed has passed", () => {
  const { results } = sarifOf(
    all.map((seen) => checkOf(seen)),
    "0.1.0",
  ).runs[0];
  expect(Object.fromEntries(all.map((seen, i) => [seen, `${results[i]?.kind} ${results[i]?.level}`]))).toEqual({
    closed: "pass none",
    filtered: "fail warning",
    "auth-required": "pass none",
    shielded: "fail warning",
    "anonymous-accepted": "fail error",
    "schema-readable": "fail error",
    "counts-readable": "fail error",
    "data-readable": "fail error",
    unknown: "fail warning",
    silent: "fail warning",
  });
});

test("a rule for each service, with the remedy where one of its stores needs it", () => {
  const { tool, results } = sarifOf(
    [checkOf("data-readable"), checkOf("closed", "redis://other.example.org:6379"), checkOf("closed", "memcached://a.example.org:11211")],
    "0.1.0",
  ).runs[0];
  expect(Object.fromEntries(tool.driver.rules.map(({ id, help }) => [id, help.text]))).toEqual({
    "readable-without-credentials/memcached": "Nothing has to be done.",
    "readable-without-credentials/redis": "Close it.",
  });
  expect(results[0]?.message.text).toBe("redis://cache.example.org:6379: data-readable. It is data-readable.");
  expect(new Set(results.map(({ partialFingerprints }) => partialFingerprints["target/v1"])).size).toBe(3);
});
