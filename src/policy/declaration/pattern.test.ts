import fc from "fast-check";
import { expect, test } from "vitest";
import { compilePattern } from "./pattern.ts";

function compiled(pattern: string): { readonly test: (text: string) => boolean } {
  const result = compilePattern(pattern);
  if ("reason" in result) throw new Error(result.reason);
  return result;
}

test.each([
  ["", "it matches only the empty text"],
  [String.raw`\d+\.\d+\.\d+(\.\d+)?`, "versions"],
  ["[A-Z]{2}", "countries"],
  ["(US|CA)-[A-Z0-9_-]{1,3}", "regions"],
])("%s: %s", (pattern) => {
  const own = compiled(pattern);
  const reference = new RegExp(`^(?:${pattern})$`);
  for (const text of ["", "1.2.3", "1.2.3.4", "1.2", "1.2.3.", "US", "us", "USA", "US-AB", "CA-_-1", "US-ABCD", "1.2.3\n", "MX-A"])
    expect(own.test(text)).toBe(reference.test(text));
});

/** Patterns of the allowed syntax over a small alphabet, so that texts match now and then. */
const patterns = fc.letrec<{ atom: string; piece: string; pattern: string }>((tie) => ({
  atom: fc.oneof(
    fc.constantFrom("a", "b", String.raw`\d`, "[ab]", "[a-c1]", String.raw`\.`, "-", "[b.-]"),
    fc.tuple(fc.constantFrom("(", "(?:"), tie("pattern")).map(([open, inner]) => `${open}${inner})`),
  ),
  piece: fc.tuple(tie("atom"), fc.constantFrom("", "", "?", "*", "+", "{2}", "{1,3}", "{0,}")).map(([atom, count]) => `${atom}${count}`),
  pattern: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.array(tie("piece"), { maxLength: 4 }).map((pieces) => pieces.join("")),
    fc.tuple(tie("piece"), tie("piece")).map(([a, b]) => `${a}|${b}`),
  ),
}));

test("it matches what RegExp matches, or refuses", () => {
  let matched = 0;
  fc.assert(
    fc.property(
      patterns.pattern,
      fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c", "1", ".", "-"), maxLength: 8 }), { minLength: 5, maxLength: 20 }),
      (pattern, texts) => {
        const own = compilePattern(pattern);
        if ("reason" in own) return;
        const reference = new RegExp(`^(?:${pattern})$`);
        for (const text of texts) {
          expect(own.test(text)).toBe(reference.test(text));
          if (own.test(text)) matched += 1;
        }
      },
    ),
    { numRuns: 1_000 },
  );
  expect(matched).toBeGreaterThan(50);
});

test("random patterns give a pattern or a reason, never a crash, and the reason never quotes them", () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom("(", ")", "[", "]", "{", "}", "*", "+", "?", "|", "\\", "^", "$", ".", "-", "a", "1", ",", "d", ":"),
      }),
      (pattern) => {
        const own = compilePattern(pattern);
        if ("reason" in own) expect(own.at).toBeLessThanOrEqual(pattern.length);
        else expect(typeof own.test("a1")).toBe("boolean");
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each([
  [".*", "`.` allows anything"],
  ["[^a]", "negated class"],
  [String.raw`\D+`, "an escape that is not known"],
  [String.raw`\S`, "an escape that is not known"],
  ["(a+)+", "an unbounded repetition inside another"],
  ["(a*b)*", "an unbounded repetition inside another"],
  ["(?=a)", "no look-around"],
  ["(?<n>a)", "no look-around and no names"],
  [String.raw`(a)\1`, "an escape that is not known"],
  ["a**", "two repetitions in a row"],
  ["a{1000}", "upwards to at most 100"],
  ["a{3,2}", "upwards to at most 100"],
  ["((a{100}){100}){100}", "too large"],
  ["(a", "a `(` without its `)`"],
  ["a)", "a `)` without its `(`"],
  ["[a", "a `[` without its `]`"],
  ["[z-a]", "a range of characters that is none"],
  ["*a", "that belongs to nothing"],
  ["a$b", "an anchor is allowed at the ends only"],
  ["a".repeat(501), "longer than 500"],
])("%s is refused", (pattern, reason) => {
  const result = compilePattern(pattern);
  expect("reason" in result ? result.reason : "accepted").toContain(reason);
});

test("what makes RegExp run for ever is quick here", () => {
  const own = compiled("a*a*a*a*a*a*a*a*b");
  const start = performance.now();
  expect(own.test("a".repeat(5_000))).toBe(false);
  expect(performance.now() - start).toBeLessThan(2_000);
});
