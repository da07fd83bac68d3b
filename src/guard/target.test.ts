/** What a person types. A URL with a password in it is refused, and no part of the password is ever said again. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VitrineError } from "../model/error.ts";
import { targetOf } from "./target.ts";

function refusal(text: string): VitrineError {
  try {
    targetOf(text);
  } catch (error) {
    if (error instanceof VitrineError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

test.each([
  ["redis://cache.example.org", { host: "cache.example.org", port: 6379, names: [], channels: ["plain", "tls"] }],
  [
    "rediss://cache.example.org:7000",
    { host: "cache.example.org", port: 7000, channels: ["tls"], label: "redis://cache.example.org:7000" },
  ],
  [
    "postgres://app@db.example.org/shop,metrics",
    { port: 5432, user: "app", names: ["shop", "metrics"], label: "postgresql://db.example.org:5432" },
  ],
  ["postgres://a%40b@db.example.org/a%2Fb", { user: "a@b", names: ["a/b"] }],
  ["memcached://[::1]:11212", { host: "::1", port: 11212, label: "memcached://[::1]:11212" }],
  ["http://search.example.org:9200/users", { port: 9200, names: ["users"], channels: ["plain"] }],
  ["https://search.example.org:9200", { channels: ["tls"] }],
  ["opensearch://search.example.org?password=x", { port: 9200, names: [], label: "elasticsearch://search.example.org:9200" }],
])("%s", (text, expected) => {
  expect(targetOf(text)).toMatchObject(expected);
});

test.each([
  ["", "It is no URL."],
  ["cache.example.org", "It is no URL."],
  ["redis:cache", "It is no URL."],
  ["redis://", "It names no host."],
  ["redis://cache.example.org:0", "Nothing listens on port 0."],
  ["redis://cache.example.org:99999", "It is no URL."],
  ["redsi://cache.example.org", "There is no checker of this scheme; there is redis."],
  ["gopher://cache.example.org", "There is no checker of this scheme."],
  ["http://www.example.org", "http does not say which service it is."],
  ["postgres://db.example.org/a%00b", "There is a control character in it."],
  ["postgres://a%0d%0ab@db.example.org/a", "There is a control character in it."],
  ["postgres://db.example.org/%", "A part of it is not percent-encoded as it should be."],
  [`postgres://db.example.org/${"a,".repeat(65)}`, "There are 65 names in it; at most 64 are asked for at once."],
  ["redis://default:12/34@cache.example.org", "There is an @ after the host: a user or password that is not percent-encoded."],
])("%s is refused", (text, sentence) => {
  expect(refusal(text)).toMatchObject({ code: "guard/target", message: sentence });
});

describe("a password in the URL", () => {
  test.each(["redis", "postgres", "memcached", "elasticsearch", "https", "gopher"])("of %s is refused and never said again", (scheme) => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9!$&'()*+,;=._~-]{12,40}$/), fc.constantFrom("", "anna"), (password, user) => {
        const error = refusal(`${scheme}://${user}:${password}@127.0.0.1:9200/users`);
        expect(error.message).toContain("There is a password in it.");
        expect(JSON.stringify([error.message, error.remedy, error.place, error.origin, error.stack])).not.toContain(password);
      }),
      { numRuns: 100 },
    );
  });

  test("whatever is typed: what is said again holds no part of it", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 10 }), (password) => {
        try {
          expect(JSON.stringify(targetOf(`redis://:${password}@127.0.0.1`).label)).not.toContain(password);
        } catch (error) {
          if (!(error instanceof VitrineError)) throw error;
          expect(`${error.message}${error.remedy}`).not.toContain(password);
        }
      }),
      { numRuns: 500 },
    );
  });
});
