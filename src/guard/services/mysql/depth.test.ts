/** Counting over whatever a server answers. Real ones are asked by test/guard-depth-mysql.slow.test.ts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Said, Talk } from "../../../../test/support/dialogue.ts";
import { ask } from "../../../../test/support/dialogue.ts";
import type { Question } from "../../checks/checker.ts";
import { classify } from "../../readable/classify.ts";
import type { Counts } from "../../readable/depth.ts";
import type { Table } from "../../sql/columns.ts";
import type { MyColumn } from "./catalog.ts";
import { depth } from "./depth.ts";

const question: Question = { channel: "plain", names: ["shop"], host: "h", user: "app" };

const framed = (payload: string, sequence: number): string =>
  String.fromCharCode(payload.length & 255, payload.length >> 8, 0, sequence) + payload;
const greeting = (version: string): string => framed(`\n${version}\0${"\0".repeat(13)}\0\u0002${"\0".repeat(20)}`, 0);
const ok = framed("\0\0\0\u0002\0\0\0", 2);
const failure = (code: number): string => framed(`\u00ff${String.fromCharCode(code & 255, code >> 8)}#HY000ann@example.com`, 1);
const eof = "\u00fe\0\0\u0002\0";
const rows = (...each: readonly (readonly string[])[]): string => {
  const columns = each[0] ?? [""];
  const packets = [
    String.fromCharCode(columns.length),
    ...columns.map(() => "\u0003def"),
    eof,
    ...each.map((cells) => cells.map((cell) => String.fromCharCode(cell.length) + cell).join("")),
    eof,
  ];
  return packets.map((packet, i) => framed(packet, i + 1)).join("");
};
const maria = greeting("5.5.5-10.11.19-MariaDB-0+deb12u1");
const session = { greeting: maria, "login 0": ok, "login 1": ok, names: ok, begin: ok };

const table = (name: string, more: Partial<Table> = {}): Table => ({
  schema: "shop",
  name,
  isCountable: true,
  estimate: undefined,
  ...more,
});
const column = (of: Table, name: string): MyColumn => ({
  name: `${of.schema}.${of.name}.${name}`,
  type: "varchar",
  table: of,
  column: name,
  isText: true,
  isBinary: false,
});
const users = table("users", { estimate: 5_000 });
const columns = [column(users, "email"), column(users, "phone"), column(table("orders"), "email")];

function count(said: Readonly<Record<string, Said>>): readonly [string, string | undefined, string] {
  const { found, sent }: Talk<Counts> = ask(depth.counts("shop", columns, classify(columns)), { ...session, ...said }, question);
  const text = (one: { readonly kind: string; readonly value: number } | undefined): string =>
    one === undefined ? "none" : `${one.kind} ${one.value}`;
  const last = sent.at(-1)?.toString("hex") ?? "";
  if (found.tag === "not") return [found.why, undefined, last];
  return [text(found.value.records), text(found.value.byCategory.get("user.contact.email")), last];
}

const quit = "0100000001";
const first = { "ask whole 0": rows(["10", "3", "1"]) };
const second = { "ask whole 1": rows(["5", "4"]) };

describe("of each table what is known, as what it is", () => {
  test.each([
    ["counted", { ...first, ...second }, "exact 15", "exact 7"],
    [
      "too long for MariaDB",
      { "ask whole 0": failure(1969), "ask part 0": rows(["100000", "30", "1"]), ...second },
      "at-least 100005",
      "at-least 34",
    ],
    [
      "too long for MySQL",
      { "ask whole 0": failure(3024), "ask part 0": rows(["100000", "30", "1"]), ...second },
      "at-least 100005",
      "at-least 34",
    ],
    ["locked", { "ask whole 0": failure(1205), ...second }, "about 5005", "at-least 4"],
    ["silent in the middle", first, "at-least 10", "at-least 3"],
    ["a file of ours is asked for", { ...first, "ask whole 1": framed("\u00fb/etc/passwd", 1) }, "at-least 10", "at-least 3"],
    ["more columns than were asked for", { ...first, "ask whole 1": rows(["5", "4", "3"]) }, "at-least 10", "at-least 3"],
    ["numbers that are none", { ...first, "ask whole 1": rows(["5.5", "4"]) }, "at-least 10", "at-least 3"],
    [
      "a server that ends no statement: of each a part, and never more",
      { greeting: greeting("5.5.9"), "ask part 0": rows(["100000", "9", "1"]), "ask part 1": rows(["5", "4"]) },
      "at-least 100005",
      "at-least 13",
    ],
    [
      "one that says no version that is known",
      { greeting: greeting("Vitess"), "ask part 0": rows(["7", "3", "1"]), "ask part 1": rows(["5", "4"]) },
      "exact 12",
      "exact 7",
    ],
  ] as const)("%s", (_what, said, records, email) => {
    expect(count(said)).toEqual([records, email, quit]);
  });

  test("nothing where nothing begins, or nobody is let in", () => {
    expect(count({ begin: failure(1290) })[0]).toBe("not-understood");
    expect(count({ names: failure(1115) })[0]).toBe("not-understood");
    expect(count({ "login 0": failure(1045) })[0]).toBe("closed");
    expect(count({ "login 0": failure(1040) })[0]).toBe("refused");
    expect(count({ greeting: failure(1129) })[0]).toBe("refused");
  });
});

test("whatever names a server has, a query is one SELECT over names in quotes, and has no other words than ours", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
    fc.constantFrom("`", "``", "\\", "'", '"', "#", "--", "/*", ";", "`; drop table x; --"),
  );
  fc.assert(
    fc.property(name, name, fc.array(name, { minLength: 1, maxLength: 5 }), (schema, own, names) => {
      const of = table(own, { schema });
      const all = names.map((one) => column(of, `${one} email`));
      const requests = {
        ...depth.counts("shop", all, classify(all)).requests(question),
        ...depth.persons?.("shop", all[0]?.column ?? "", all)?.requests(question),
      };
      for (const [request, { bytes }] of Object.entries(requests).filter(([key]) => key.startsWith("ask "))) {
        const text = Buffer.from(bytes).subarray(5).toString("utf8");
        expect(Buffer.from(bytes).readUIntLE(0, 3)).toBe(bytes.length - 4);
        // Without names in quotes, the empty text and our two remarks nothing is left that could begin or end anything.
        const bare = text
          .replaceAll(/`(?:[^`]|``)*`/gs, "name")
          .replaceAll("''", "empty")
          .replace(/^\/\*M!100101 [\w =,]+\*\/ SELECT \/\*\+ MAX_EXECUTION_TIME\(8000\) \*\/ /, "SELECT ");
        expect(bare, request).toMatch(/^SELECT [\w .,()*<>]+$/);
      }
    }),
    { numRuns: 300 },
  );
});

test("whatever is answered, nothing is sent but what is listed, and it ends", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((some) => Buffer.from(some).toString("latin1")),
    fc.constantFrom(
      maria,
      ok,
      rows(["1", "2", "3"]),
      failure(1969),
      failure(1045),
      framed("\u00fesha256_password\0", 2),
      framed("\u00fbx", 1),
    ),
  );
  const names = [
    "greeting",
    "login 0",
    "login 1",
    "empty",
    "nul",
    "names",
    "begin",
    "ask tables 0",
    "ask columns 0",
    "ask whole 0",
    "ask part 0",
    "ask identity",
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), bytes), (said) => {
      const all = { ...session, ...said };
      for (const dataSet of ["shop", ""]) expect(["found", "not"]).toContain(ask(depth.fields(dataSet), all, question).found.tag);
      for (const proof of depth.identities) expect(["found", "not"]).toContain(ask(proof.ask(), all, question).found.tag);
      const counted = ask(depth.counts("shop", columns, classify(columns)), all, question).found;
      // The second table is never answered: no number of all of them is exact.
      if (counted.tag === "found") expect(counted.value.records.kind).not.toBe("exact");
    }),
    { numRuns: 500 },
  );
});

test("a MySQL is known by its id, which has the shape of one", () => {
  const asked = (value: string): unknown =>
    depth.identities[0] && ask(depth.identities[0].ask(), { ...session, "ask identity": rows([value]) }, question).found;
  expect(asked("3e11fa47-71ca-11e1-9e33-c80aa9429562")).toEqual({ tag: "found", value: "3e11fa47-71ca-11e1-9e33-c80aa9429562" });
  expect(asked("ann@example.com")).toEqual({ tag: "not", why: "not-understood" });
});
