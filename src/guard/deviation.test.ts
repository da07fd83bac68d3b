import { expect, test } from "vitest";
import type { Expectation } from "../policy/declaration.ts";
import type { Check, Row } from "./checks/check.ts";
import { deviationOf, pages } from "./deviation.ts";
import type { Seen } from "./ladder.ts";
import { rungs } from "./ladder.ts";

function checkOf(seen: Seen, isMtls = false): Check {
  const row: Row = {
    address: "127.0.0.1",
    family: "IPv4",
    channel: "plain",
    calledBy: "address",
    seen,
    because: "",
    notes: [],
    ...(isMtls ? { isMtls } : {}),
    certificate: undefined,
    bytesSent: 0,
    bytesReceived: 0,
    tookMs: 1,
  };
  return { target: "t", service: "s", evidence: "vendor", seen, rows: [row], untested: [], remedy: undefined };
}

const all: readonly Expectation[] = ["unreachable", "auth-required", "mtls"];

/** What each rung is, for each expectation in the order of `all`; the path is not proven. */
const expected: Readonly<Record<Seen, string>> = {
  closed: "as-expected as-expected as-expected",
  filtered: "unknown unknown unknown",
  "auth-required": "deviation as-expected deviation",
  shielded: "deviation deviation deviation",
  "anonymous-accepted": "deviation deviation deviation",
  "schema-readable": "deviation deviation deviation",
  "counts-readable": "deviation deviation deviation",
  "data-readable": "deviation deviation deviation",
  unknown: "unknown unknown unknown",
  silent: "unknown unknown unknown",
};

test.each(Object.entries(expected))("%s is %s of unreachable, auth-required, mtls", (seen, words) => {
  const found = all.map((one) => deviationOf([checkOf(seen as Seen)], one, { isPathProven: false }).is);
  expect(found.join(" ")).toBe(words);
});

test("a certificate that is asked for meets mtls, and is a login for auth-required", () => {
  const asks = [checkOf("auth-required", true)];
  expect(all.map((one) => deviationOf(asks, one, { isPathProven: false }).is)).toEqual(["deviation", "as-expected", "as-expected"]);
});

test("silence is a filter's only where the path is proven", () => {
  expect(deviationOf([checkOf("filtered")], "unreachable", { isPathProven: true }).is).toBe("as-expected");
  expect(deviationOf([checkOf("filtered")], "auth-required", { isPathProven: true }).is).toBe("unknown");
});

test("of several nodes one that is open makes the asset so, and one that is not known makes it unknown", () => {
  const at = (...seen: readonly Seen[]) =>
    deviationOf(
      seen.map((one) => checkOf(one)),
      "auth-required",
      { isPathProven: false },
    );
  expect(at("auth-required", "unknown", "counts-readable")).toEqual({ is: "deviation", height: rungs.indexOf("counts-readable") });
  expect(at("auth-required", "unknown").is).toBe("unknown");
  expect(at().is).toBe("unknown");
});

test("a person is woken from anonymous-accepted on", () => {
  expect(rungs.filter((_, height) => pages(height))).toEqual(rungs.slice(rungs.indexOf("anonymous-accepted")));
});
