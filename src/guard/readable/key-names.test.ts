import fc from "fast-check";
import { expect, test } from "vitest";
import { isKnownWord, tokensOf } from "./classify.ts";
import { countKeys, reduceKey } from "./key-names.ts";

const told = (...keys: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    [
      ...countKeys(
        keys.map((key) => reduceKey(key)),
        true,
      ),
    ].map(([category, { value }]) => [category, value]),
  );

test.each([
  ["session:7f3a", { "system.authentication.session_token": 1 }],
  ["sess:Zm9v", { "system.authentication.session_token": 1 }],
  ["spring:session:sessions:8f3e2a10-7d2c-4a86-9a1e-0c7b0f3d1f55", { "system.authentication.session_token": 1 }],
  ["access_token:abc7", { "system.authentication.integration_token": 1 }],
  ["access_token:hunter2-token-of-ann", { "system.authentication.integration_token": 1 }],
  ["user:1001:email", { "user.contact.email": 1, "user.unique_id.pseudonymous": 1 }],
  ["users/1001/email", { "user.contact.email": 1, "user.unique_id.pseudonymous": 1 }],
  ["user:ann@example.com", { "user.contact.email": 1, "user.unique_id.pseudonymous": 1 }],
  ["rate:203.0.113.7", { "user.device.ip_address": 1 }],
  ["rate|2001:db8::7", {}],
  ["lease:02:00:5e:10:00:00", { "user.device.network.mac": 1 }],
  ["cache:eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", { "system.authentication.session_token": 1 }],
  ["exports/2019-12/emails.csv.gz", { "user.contact.email": 1 }],
  ["cams/17/thumbnails/0001.jpg", { "user.content.media_locator": 1 }],
  // What says something about the thing and does not hold it.
  ["user:email_verified", {}],
  ["stats:mail_sent_at", {}],
  ["queue:jobs:17", {}],
  ["session:count", {}],
  ["token:bucket:size", {}],
  ["user:ann:email", { "user.contact.email": 1 }],
  ["vitrine:canary", {}],
  ["", {}],
])("%s", (key, expected) => {
  expect(told(key)).toEqual(expected);
});

test("what stands beside it, in other keys of the same kind, counts as it does for fields", () => {
  expect(told("profile:1:weight", "profile:2:height", "profile:2:gender")).toMatchObject({
    "user.health_and_medical.body_metric": 2,
    "user.demographic.gender": 1,
  });
  expect(told("parcel:1:weight")).toEqual({});
});

test("a key that is heard twice is one", () => {
  expect(told("session:a1", "session:a1", "session:b2")).toEqual({ "system.authentication.session_token": 2 });
});

test("of any key nothing is left but words that are known, and its digest", () => {
  const piece = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.constantFrom("user", "email", ":", "/", "anna.kitchen", "token", "_"),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const { names } = reduceKey(pieces.join(""));
      for (const word of names.flatMap(tokensOf)) expect(word === "x" || word === "id" || isKnownWord(word), word).toBe(true);
    }),
    { numRuns: 2_000 },
  );
  expect(JSON.stringify(reduceKey("user:anna:kitchen camera").names)).not.toMatch(/anna|kitchen/);
});
