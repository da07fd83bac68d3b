import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { Attempts } from "./oidc-attempts.ts";

const attempt = {
  state: "s",
  nonce: "n",
  verifier: "v",
  redirectUri: "https://a.example/cb",
  returnTo: `?${"x".repeat(1_500)}`,
  expiresAt: 1_000,
};
const open = (): Attempts => new Attempts((count) => randomBytes(count));

test("an attempt is its browser's, once, for its time", () => {
  const attempts = open();
  const [sealed, late] = [attempts.seal(attempt), attempts.seal(attempt)];
  expect(sealed.length).toBeLessThan(4_000);
  expect(attempts.end(sealed, 999)).toEqual(attempt);
  expect(attempts.end(sealed, 999)).toBeUndefined();
  expect(attempts.end(late, 1_000)).toBeUndefined();
});

test("what was not sealed here, or was changed, is none", () => {
  const attempts = open();
  const sealed = attempts.seal(attempt);
  const changed = Buffer.from(sealed, "base64url");
  changed[40] = (changed[40] ?? 0) ^ 1;
  for (const other of [
    undefined,
    "",
    "x",
    "x".repeat(43),
    "x".repeat(9_000),
    open().seal(attempt),
    changed.toString("base64url"),
    sealed.slice(0, -24),
  ])
    expect(attempts.end(other, 0)).toBeUndefined();
  expect(Buffer.from(sealed, "base64url").includes("a.example")).toBe(false);
  expect(attempts.end(sealed, 0)).toEqual(attempt);
});

test("those that are over take a bounded room", () => {
  const attempts = open();
  const first = attempts.seal(attempt);
  const last = attempts.seal(attempt);
  attempts.end(first, 0);
  for (let count = 0; count < 10_000; count++) attempts.end(attempts.seal({ ...attempt, returnTo: "" }), 0);
  expect(attempts.end(last, 0)).toEqual(attempt);
  expect(attempts.end(last, 0)).toBeUndefined();
  // Forgotten; that its code is taken once is the issuer's to hold.
  expect(attempts.end(first, 0)).toEqual(attempt);
});
