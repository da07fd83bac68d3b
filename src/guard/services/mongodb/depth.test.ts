/** What is read of a MongoDB beyond the gate, from answers as it writes them, and as nobody should. An independent server is asked in test/guard. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Said, Talk } from "../../../../test/support/dialogue.ts";
import { ask } from "../../../../test/support/dialogue.ts";
import type { Dialogue } from "../../checks/checker.ts";
import { classify } from "../../readable/classify.ts";
import type { Found } from "../../readable/depth.ts";
import { plantedWord } from "../../readable/planted.ts";
import type { Written } from "./bson.ts";
import { documentOf, fieldOf, readDocument, writeDocument } from "./bson.ts";
import { depth } from "./depth.ts";

type Body = Readonly<Record<string, Written>>;

function reply(id: number, body: Body): string {
  const document = writeDocument(body);
  const head = Buffer.alloc(21);
  head.writeInt32LE(21 + document.length, 0);
  head.writeInt32LE(id, 8);
  head.writeInt32LE(2_013, 12);
  return Buffer.concat([head, document]).toString("latin1");
}

const batch = (...documents: readonly Body[]): Body => ({ cursor: { firstBatch: documents, id: 0, ns: "a.b" }, ok: 1 });
const failure = (code: number): Body => ({ ok: 0, errmsg: "made up", code });
const names = (...all: readonly (readonly [string, string])[]): Body =>
  batch(
    ...all.map(([path, kind]) => ({
      p: path
        .split("/")
        .map((name) => `\0${name}`)
        .join(""),
      t: kind,
    })),
  );
const word = plantedWord(Buffer.alloc(16, 5));

/** Each command's answer, in the order in which the dialogue lists them after `hello`. */
function talk<T>(dialogue: Dialogue<Found<T>>, said: Readonly<Record<string, Body | Said>>): Talk<T> {
  const order = Object.keys(dialogue.requests({ channel: "plain", names: [], host: "h", user: undefined }));
  const isBody = (one: Body | Said): one is Body => typeof one === "object" && !("ended" in one);
  const all = { hello: { maxWireVersion: 21, ok: 1 }, ...said };
  return ask(
    dialogue,
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, isBody(one) ? reply(order.indexOf(name) + 1, one) : one])),
  );
}

const isNot = (why: string): object => ({ tag: "not", why });
test.each([
  ["what was planted", batch({ proof: word }), { tag: "found", value: word }],
  ["another value", batch({ proof: "ann@example.com" }), isNot("not-understood")],
  ["no document", batch(), isNot("not-understood")],
  ["a number", batch({ proof: 7 }), isNot("not-understood")],
  ["a login", failure(13), isNot("refused")],
  ["an answer to another request", reply(9, batch({ proof: word })), isNot("not-understood")],
] as const)("it proves itself by %s", (_what, find, expected) => {
  expect(talk(depth.identities[0]!.ask(), { find }).found).toEqual(expected);
});

test("who does not greet is not asked whose it is", () => {
  const { found, sent } = talk(depth.identities[0]!.ask(), { hello: failure(8_000) });
  expect([found, sent.length]).toEqual([isNot("not-understood"), 1]);
});

const fieldsOf = (said: Readonly<Record<string, Body | Said>>) => talk(depth.fields("shop.users"), said).found;

test("fields of the first documents and of the last, by their paths; of several types what holds most", () => {
  const found = fieldsOf({
    first: names(["email", "value"], ["email", "bool"], ["profile", "object"], ["profile/weight", "value"]),
    last: names(["links/access_token", "value"], ["email_verified", "bool"]),
  });
  expect(found).toEqual({
    tag: "found",
    value: [
      { name: "email", path: ["email"], type: "value" },
      { name: "profile", path: ["profile"], type: "object" },
      { name: "profile.weight", path: ["profile", "weight"], type: "value" },
      { name: "links.access_token", path: ["links", "access_token"], type: "value" },
      { name: "email_verified", path: ["email_verified"], type: "bool" },
    ],
  });
});

test("a name that no query can say and mean is there, and is not counted", () => {
  const found = fieldsOf({
    first: names(["a.email", "value"], ["$email", "value"], ["/email", "value"], ["x".repeat(200), "value"]),
    last: batch(),
  });
  expect(found.tag === "found" && found.value.map(({ isUncountable }) => isUncountable)).toEqual([true, true, true, true]);
});

test.each([
  ["refused", { first: failure(13) }, isNot("refused")],
  ["a collection that a view's error hides", { first: failure(166) }, isNot("not-understood")],
  ["the last ones are not to be had", { first: names(["email", "value"]), last: failure(50) }, { tag: "found" }],
] as const)("fields: %s", (_what, said, expected) => {
  expect(fieldsOf(said)).toMatchObject(expected);
});

test("of as many names as are asked for, or where the last documents are not shown, it is a part", () => {
  const many = names(...Array.from({ length: 900 }, (_, i): [string, string] => [`k${i}`, "value"]));
  const few = names(["email", "value"]);
  expect(fieldsOf({ first: few, last: few })).not.toHaveProperty("isPart");
  for (const [first, last] of [
    [many, few],
    [few, many],
    [few, failure(50)],
  ] as const)
    expect(fieldsOf({ first, last })).toMatchObject({ tag: "found", isPart: true });
});

test("of more names than are read it is a part", () => {
  const many = reply(2, names(...Array.from({ length: 900 }, (_, i) => [`${i}${"y".repeat(90)}`, "value"] as const)));
  expect(fieldsOf({ first: many, last: batch() })).toMatchObject({ tag: "found", isPart: true });
});

const all = [
  { name: "email", path: ["email"], type: "value" },
  { name: "links.access_token", path: ["links", "access_token"], type: "value" },
  { name: "a.phone", path: ["a.phone"], type: "value", isUncountable: true },
] as const;
function countsOf(said: Readonly<Record<string, Body | Said>>): unknown {
  const { found } = talk(depth.counts("shop.users", all, classify(all)), said);
  if (found.tag === "not") return found.why;
  return [found.value.records, ...[...found.value.byCategory.values()].map(({ kind, value }) => `${kind} ${value}`)];
}
const facet = batch({ all: 2_400_000, c0: 140, c1: 2_300_000, c2: 0 });

test.each([
  ["in time", { count: { n: 5, ok: 1 }, whole: facet }, [{ kind: "exact", value: 2_400_000 }, "exact 140", "exact 2300000", "at-least 0"]],
  [
    "not in time",
    { count: { n: 2_400_000, ok: 1 }, whole: failure(50), part: batch({ all: 100_000, c0: 8, c1: 99_000, c2: 0 }) },
    [{ kind: "about", value: 2_400_000, low: 100_000 }, "at-least 8", "at-least 99000", "at-least 0"],
  ],
  [
    "not in time, though it is small",
    { count: { n: 70, ok: 1 }, whole: failure(50), part: batch({ all: 70, c0: 8, c1: 9, c2: 0 }) },
    [{ kind: "exact", value: 70 }, "exact 8", "exact 9", "at-least 0"],
  ],
  ["never in time", { count: { n: 70, ok: 1 }, whole: failure(50), part: failure(50) }, [{ kind: "about", value: 70, low: 0 }]],
  ["stages that it does not know", { count: { n: 70, ok: 1 }, whole: failure(40_324) }, [{ kind: "about", value: 70, low: 0 }]],
  ["refused", { count: failure(13), whole: failure(13) }, "refused"],
  ["numbers that are none", { count: { n: -1, ok: 1 }, whole: batch({ all: -1, c0: 1, c1: 1, c2: 1 }) }, "not-understood"],
] as const)("counted %s", (_what, said, expected) => {
  expect(countsOf(said)).toEqual(expected);
});

test("persons: exactly, or of a part; of none none; not of a list", () => {
  const user = [{ name: "user_id", path: ["user_id"], type: "value" }] as const;
  const of = (said: Readonly<Record<string, Body | Said>>, fields: Parameters<NonNullable<typeof depth.persons>>[2] = user): unknown =>
    talk(depth.persons!("shop.users", "user_id", fields), said).found;
  expect(of({ whole: batch({ n: 500 }) })).toEqual({ tag: "found", value: { kind: "exact", value: 500 } });
  expect(of({ whole: failure(50), part: batch({ n: 90 }) })).toEqual({ tag: "found", value: { kind: "at-least", value: 90 } });
  expect(of({ whole: batch() })).toEqual({ tag: "found", value: { kind: "exact", value: 0 } });
  expect(of({ whole: failure(13) })).toEqual(isNot("refused"));
  expect(of({}, [{ ...user[0], type: "array" }])).toEqual(isNot("not-offered"));
});

test("a database alone is not looked into: its collections were not named", () => {
  for (const dialogue of [depth.fields("shop"), depth.counts("shop", [], new Map())])
    expect(talk(dialogue as Dialogue<Found<unknown>>, {})).toMatchObject({ found: isNot("not-offered"), sent: [] });
});

/** All operators in a command, at any depth. */
function operatorsIn(document: ReturnType<typeof readDocument>): readonly string[] {
  return (document ?? []).flatMap(({ name, value }) => [...(name.startsWith("$") ? [name] : []), ...operatorsIn(documentOf(value))]);
}

test("whatever names it says it has, what is sent is a query of the same form, with nothing in it that writes or runs", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }),
    fc.constantFrom("email", "$where", "$function", "a\0b", "x.y", "__proto__", "0", ""),
  );
  fc.assert(
    fc.property(fc.array(fc.array(name, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), (paths) => {
      const first = batch(...paths.map((path) => ({ p: [...path, "email"].map((one) => `\0${one}`).join(""), t: "value" })));
      const found = fieldsOf({ first, last: batch() });
      const fields = found.tag === "found" ? found.value : [];
      const { sent } = talk(depth.counts("shop.users", fields, classify(fields)), {
        count: { n: 1, ok: 1 },
        whole: failure(50),
        part: failure(50),
      });
      for (const bytes of sent.slice(1)) {
        const command = readDocument(bytes.subarray(21));
        expect(fieldOf(command, "$db")).toBe("shop");
        for (const one of operatorsIn(command))
          expect(one).toMatch(/^\$(?:db|readPreference|facet|count|match|or|type|in|project|sum|limit)$/);
      }
      expect(sent).toHaveLength(4);
    }),
    { numRuns: 500 },
  );
});

test("any bytes are an answer or none", () => {
  const bytes = fc.uint8Array({ maxLength: 120 }).map((some) => Buffer.from(some).toString("latin1"));
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      for (const dialogue of [
        depth.identities[0]!.ask(),
        depth.fields("a.b"),
        depth.counts("a.b", all, classify(all)),
        depth.persons!("a.b", "email", all),
      ])
        talk(dialogue as Dialogue<Found<unknown>>, {
          find: one,
          first: one,
          last: other,
          count: one,
          whole: other,
          part: reply(4, { ok: 1 }) + one,
        });
    }),
    { numRuns: 1_000 },
  );
});
