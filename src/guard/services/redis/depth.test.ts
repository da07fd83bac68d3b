/** What is read of a Redis beyond the gate, from replies as it writes them, and as nobody should. A real one is asked in test/guard. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Said } from "../../../../test/support/dialogue.ts";
import { ask } from "../../../../test/support/dialogue.ts";
import { plantedWord } from "../../readable/planted.ts";
import { depth } from "./depth.ts";

const word = plantedWord(Buffer.alloc(16, 7));
const bulk = (text: string): string => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const array = (...parts: readonly string[]): string => `*${parts.length}\r\n${parts.join("")}`;
const scan = (cursor: string, keys: readonly string[]): string => array(bulk(cursor), array(...keys.map(bulk)));
const keyspace = (text: string): string => bulk(`# Keyspace\r\n${text}`);

const identityOf = (get: Said): unknown => ask(depth.identities[0]!.ask(), { get, quit: "+OK\r\n" }).found;

test.each([
  ["what was planted", bulk(word), { tag: "found", value: word }],
  ["what stood there before there were words", bulk("planted"), { tag: "not", why: "not-understood" }],
  ["somebody's value", bulk("ann@example.com"), { tag: "not", why: "not-understood" }],
  ["the word and more", bulk(`${word}0`), { tag: "not", why: "not-understood" }],
  ["nothing", "$-1\r\n", { tag: "not", why: "not-understood" }],
  ["a password", "-NOAUTH Authentication required.\r\n", { tag: "not", why: "refused" }],
  ["half of it", bulk(word).slice(0, 20), { tag: "not", why: "not-understood" }],
])("it proves itself by %s", (_what, get, expected) => {
  expect(identityOf(get)).toEqual(expected);
});

const said = (more: Readonly<Record<string, Said>>): Readonly<Record<string, Said>> => ({
  keyspace: keyspace("db0:keys=3,expires=0,avg_ttl=0\r\n"),
  size: ":3\r\n",
  quit: "+OK\r\n",
  select: "+OK\r\n",
  ...more,
});
const countsOf = (more: Readonly<Record<string, Said>>) => {
  const { found, asked } = ask(depth.names(""), said(more));
  if (found.tag === "not") return { asked, why: found.why };
  const { records, byCategory } = found.value;
  return { asked, records, byCategory: Object.fromEntries(byCategory) };
};

test("all keys, of all databases, by what their names say", () => {
  const answers = [scan("17", ["session:a1", "session:b2"]), scan("0", ["session:b2", "user:1:email"]), scan("0", ["session:a1"])];
  const found = countsOf({
    keyspace: keyspace("db0:keys=3,expires=0,avg_ttl=0\r\ndb5:keys=1,expires=1,avg_ttl=9,subexpiry=0\r\n"),
    scan: () => answers.shift() ?? "",
  });
  expect(found).toEqual({
    asked: [
      "INFO keyspace",
      "DBSIZE",
      "QUIT",
      "SCAN 0 COUNT 500",
      "QUIT",
      "SCAN 17 COUNT 500",
      "QUIT",
      "SELECT 5",
      "SCAN 0 COUNT 500",
      "QUIT",
    ],
    records: { kind: "exact", value: 4 },
    byCategory: {
      // The same name in two databases is two keys; heard twice in one it is one.
      "system.authentication.session_token": { kind: "exact", value: 3 },
      "user.contact.email": { kind: "exact", value: 1 },
      "user.unique_id.pseudonymous": { kind: "exact", value: 1 },
    },
  });
});

test("of more keys than are asked for it is at least so many, and it is asked no more than twenty times", () => {
  let i = 0;
  const found = countsOf({ keyspace: keyspace("db0:keys=2400000,expires=0\r\n"), scan: () => scan(String((i += 1)), [`token:${i}`]) });
  expect(i).toBe(20);
  expect(found).toMatchObject({
    records: { kind: "exact", value: 2_400_000 },
    byCategory: { "system.authentication.session_token": { kind: "at-least", value: 20 } },
  });
});

test("keys longer than what is read: those that came whole count, and it goes on", () => {
  const cut = { text: scan("9", ["token:1", "token:2", "x".repeat(60_000)]).slice(0, -1_000), ended: "limit" } as const;
  const answers = [cut, scan("0", ["token:3"])];
  const found = countsOf({ scan: () => answers.shift() ?? "" });
  expect(found).toMatchObject({ byCategory: { "system.authentication.session_token": { kind: "at-least", value: 3 } } });
});

test.each([
  ["INFO is not allowed", { keyspace: "-NOPERM no\r\n", scan: scan("0", ["token:1"]) }, { records: { kind: "at-least", value: 3 } }],
  ["neither number", { keyspace: "-NOPERM no\r\n", size: "-NOPERM no\r\n" }, { why: "refused" }],
  ["names are not allowed", { scan: "-NOPERM no\r\n" }, { records: { kind: "exact", value: 3 }, byCategory: {} }],
  ["no database", { keyspace: keyspace(""), size: ":0\r\n" }, { records: { kind: "exact", value: 0 }, byCategory: {} }],
  ["another protocol", { keyspace: "HTTP/1.1 400 Bad Request\r\n\r\n", size: "" }, { why: "not-understood" }],
  ["a cursor that is none", { scan: array(bulk("0\r\nFLUSHALL"), array()) }, { records: { kind: "exact", value: 3 }, byCategory: {} }],
  ["a database that is not selected", { keyspace: keyspace("db3:keys=1,expires=0\r\n"), select: "-ERR no\r\n" }, { byCategory: {} }],
] as const)("%s", (_what, more, expected) => {
  expect(countsOf(more)).toMatchObject(expected);
});

test("whatever it answers, it is asked for nothing but numbers and names, and ends", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(
      "*2\r\n",
      "$1\r\n0\r\n",
      "$2\r\n17\r\n",
      "*-1\r\n",
      "*1\r\n",
      "$9\r\nsession:x\r\n",
      "+OK\r\n",
      "-NOPERM x\r\n",
      ":5\r\n",
      "# Keyspace\r\ndb0:keys=1,",
    ),
  );
  const answer = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(fc.array(answer, { minLength: 1, maxLength: 12 }), (answers) => {
      let i = 0;
      const next = (): string => answers[(i += 1) % answers.length] ?? "";
      const { asked } = ask(depth.names(""), said({ keyspace: next, size: next, scan: next, select: next }));
      for (const one of asked) expect(one).toMatch(/^(?:INFO keyspace|DBSIZE|QUIT|SELECT \d{1,5}|SCAN \d{1,20} COUNT 500)$/);
    }),
    { numRuns: 1_000 },
  );
});
