/** The fixtures that start within a few seconds. All of them, with what they need installed: `npm run test:guard`. */
import { afterAll, describe, expect, test } from "vitest";
import { fixtures } from "../support/servers/fixtures.ts";
import { endTheOne } from "../support/servers/one-at-a-time.ts";
import { attempt, isFalseClosed, isFalseOpen, missingOf } from "./attempt.ts";
import { outsideOf } from "./relay.ts";

afterAll(endTheOne);

const isCi = process.env["CI"] === "true";
const fast = fixtures.filter(({ isFast }) => isFast);
if (isCi) for (const need of fast.flatMap(missingOf)) if (!need.isThere()) await need.install();

describe("a real server in a known state gets the verdict that it deserves", () => {
  for (const fixture of fast) {
    const missing = missingOf(fixture);
    const name = `${fixture.service}: ${fixture.name}`;
    // In CI what is missing fails: what was not tried has not passed.
    test.skipIf(missing.length > 0 && !isCi)(
      missing.length === 0 ? name : `${name} (not tried: ${missing.map(({ command }) => command).join("; ")})`,
      { timeout: 60_000 },
      async () => {
        const { seen, expected, because, overheard } = await attempt(fixture);
        expect(seen, because).toBe(expected);
        expect(overheard.outside).toBe(0);
      },
    );
  }
});

test("what is not listed is overheard", () => {
  const listed = [Buffer.from("PING\r\n"), Buffer.from("QUIT\r\n"), Buffer.alloc(0)];
  expect(outsideOf(Buffer.from("PING\r\nQUIT\r\n"), listed)).toBe(0);
  expect(outsideOf(Buffer.from("PING\r\n\x16\x03\x01"), listed)).toBe(0);
  expect(outsideOf(Buffer.from("PING\r\nKEYS *\r\n"), listed)).toBe(8);
  expect(outsideOf(Buffer.from("PIN"), listed)).toBe(3);
});

test("what is wrong is counted as what it is", () => {
  expect(isFalseClosed({ seen: "auth-required", expected: "data-readable" })).toBe(true);
  expect(isFalseClosed({ seen: "filtered", expected: "anonymous-accepted" })).toBe(true);
  expect(isFalseClosed({ seen: "closed", expected: "shielded" })).toBe(true);
  expect(isFalseClosed({ seen: "unknown", expected: "data-readable" })).toBe(false);
  expect(isFalseClosed({ seen: "counts-readable", expected: "data-readable" })).toBe(false);
  expect(isFalseOpen({ seen: "anonymous-accepted", expected: "auth-required" })).toBe(true);
  expect(isFalseOpen({ seen: "counts-readable", expected: "data-readable" })).toBe(false);
  expect(isFalseOpen({ seen: "unknown", expected: "closed" })).toBe(false);
});
