/* oxlint-disable max-lines -- a table of cases, one row an error */
import { describe, expect, test } from "vitest";
import { policyCatalog } from "../../test/support/policy-catalog.ts";
import { VitrineError } from "../model/error.ts";
import type { Catalog, CatalogTable } from "../source/catalog.ts";
import type { CompiledPolicy, CompileOptions } from "./compile.ts";
import { compilePolicy, grantedColumns, tablesNeeded, tokenSpaces, valuesFromSql } from "./compile.ts";
import { parseDeclaration } from "./declaration.ts";

/** One entity `things` with the columns given, and a fact `events`. */
function declare(columns: string, more = "") {
  return parseDeclaration(
    `version: 1
zone: UTC
unit: things
entities:
  things: { table: public.things, columns: { id: { take: token thing }, ${columns} } }
facts:
  events: { table: public.events, key: { id: opaque }, time: at, columns: { thing_id: { refers: things }, ok: { take: keep } } }
${more}`,
    "v.yaml",
  );
}

const eventColumns = { id: "int8", at: "timestamptz", thing_id: "int8", ok: "bool", secret: "text" };

function catalogWith(
  type: string,
  things: Partial<CatalogTable> = {},
  events: Partial<CatalogTable> = {},
  more: Partial<Catalog> = {},
): Catalog {
  return policyCatalog(
    {
      "public.things": { columns: { id: "int8", c: type }, more: things },
      "public.events": { columns: eventColumns, identity: ["id", "at"], more: events },
    },
    more,
  );
}

function errorOf(work: () => unknown): readonly [code: string, place: string | undefined, message: string, remedy: string] {
  try {
    work();
  } catch (error) {
    if (error instanceof VitrineError) return [error.code, error.place, error.message, error.remedy];
    throw error;
  }
  throw new Error("it was accepted");
}

const codeOf = (columns: string, catalog: Catalog, options?: CompileOptions): string =>
  errorOf(() => compilePolicy(declare(columns), catalog, options))[0];
const thing = (compiled: CompiledPolicy) => compiled.tables[0];

describe("the table of treatments and types", () => {
  const takes: Readonly<Record<string, string>> = {
    keep: "take: keep",
    "keep with a rule": "take: keep, values: [a]",
    token: "take: token other",
    truncate: "take: truncate day",
    version: "take: truncate minor, match: '[0-9]+'",
    bucket: "take: bucket, bounds: [1]",
    prefix: "take: prefix 2, values: [ab]",
    lookup: "take: lookup, table: { a: b }",
    present: "take: present",
    constant: "take: constant, value: x",
  };
  const allowed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    bool: { keep: "bool", lookup: "code" },
    int4: { keep: "i32", token: "token", bucket: "code", lookup: "code" },
    int8: { keep: "i64", token: "token", bucket: "code", lookup: "code" },
    float8: { keep: "f64", bucket: "code" },
    "numeric:10,2": { keep: "i64", bucket: "code" },
    text: { "keep with a rule": "code", token: "token", version: "code", prefix: "code", lookup: "code" },
    varchar: { "keep with a rule": "code", token: "token", version: "code", prefix: "code", lookup: "code" },
    enum: { "keep with a rule": "code", lookup: "code" },
    uuid: { token: "token" },
    timestamptz: { truncate: "minute" },
    timestamp: { truncate: "minute" },
    date: { truncate: "minute" },
    jsonb: {},
    bytea: {},
  };

  test.each(Object.entries(allowed))("%s", (type, kinds) => {
    for (const [name, take] of Object.entries(takes)) {
      const expected = { present: "bool", constant: "code", ...kinds }[name];
      if (expected === undefined)
        expect(["policy/type-unsupported", "policy/text-needs-rule", "policy/treatment-detail"]).toContain(
          codeOf(`c: { ${take} }`, catalogWith(type)),
        );
      else
        expect(thing(compilePolicy(declare(`c: { ${take} }`), catalogWith(type)))?.safe.columns[1]).toMatchObject({
          name: "c",
          kind: expected,
          role: "value",
        });
    }
  });

  test("a type that is not read is refused for every treatment but a constant", () => {
    for (const [name, take] of Object.entries(takes)) {
      if (name === "constant")
        expect(thing(compilePolicy(declare(`c: { ${take} }`), catalogWith("array")))?.source.columns.map((column) => column.name)).toEqual([
          "id",
        ]);
      else expect(["policy/type-unsupported", "policy/treatment-detail"]).toContain(codeOf(`c: { ${take} }`, catalogWith("array")));
    }
  });
});

describe("what a compiled policy is", () => {
  const compiled = compilePolicy(declare("c: { take: keep, values: from public.lists.name }"), {
    ...policyCatalog({
      "public.things": { columns: { secret: "text", c: "text", id: "int8" } },
      "public.events": { columns: eventColumns, identity: ["id", "at", "secret"] },
      "public.lists": { columns: { name: "text", id: "int4" } },
    }),
  });

  test("the key first, references by their entity, entities before facts", () => {
    expect(compiled.schema.tables).toEqual([
      {
        name: "things",
        kind: "entity",
        key: "id",
        columns: [
          { name: "id", kind: "token", role: "key", refers: undefined, scale: 0 },
          { name: "c", kind: "code", role: "value", refers: undefined, scale: 0 },
        ],
      },
      {
        name: "events",
        kind: "fact",
        key: "id",
        columns: [
          { name: "id", kind: "i64", role: "key", refers: undefined, scale: 0 },
          { name: "thing_id", kind: "token", role: "ref", refers: "things", scale: 0 },
          { name: "ok", kind: "bool", role: "value", refers: undefined, scale: 0 },
          { name: "at", kind: "minute", role: "value", refers: undefined, scale: 0 },
        ],
      },
    ]);
  });

  test("identity columns that nobody declared are asked for, and dropped", () => {
    const events = compiled.tables[1];
    expect(events?.source.columns.map((column) => column.name)).toEqual(["id", "thing_id", "ok", "at", "secret"]);
    expect(events?.dropped).toEqual(["secret"]);
    expect(events?.columns.map((column) => column.source)).toEqual([0, 1, 2, 3]);
  });

  test("what is asked of the source is what is granted: with the columns of rules", () => {
    expect(tablesNeeded(compiled.declaration)).toEqual(["public.things", "public.events", "public.lists"]);
    expect(grantedColumns(compiled)).toEqual([
      { schema: "public", table: "things", columns: ["id", "c"] },
      { schema: "public", table: "events", columns: ["id", "thing_id", "ok", "at", "secret"] },
      { schema: "public", table: "lists", columns: ["name"] },
    ]);
    expect(compiled.valuesFrom.map(valuesFromSql)).toEqual([
      `SELECT DISTINCT "name"::text AS value FROM "public"."lists" WHERE "name" IS NOT NULL LIMIT 10001`,
    ]);
    expect(tokenSpaces(compiled.declaration)).toEqual(["thing"]);
  });

  test("values that may be out of line are warned of", () => {
    expect(compiled.warnings.map((warning) => warning.message)).toEqual([
      "Large values of c may be stored out of line (TOAST); an update that does not touch them sends none, and the mirror keeps what it has.",
      "Large values of secret may be stored out of line (TOAST); an update that does not touch them sends none, and the mirror keeps what it has.",
    ]);
  });

  test("a numeric's scale is its type's; char(n) is padded", () => {
    const scaled = compilePolicy(declare("c: { take: keep }"), catalogWith("numeric:12,3"));
    expect(thing(scaled)?.safe.columns[1]?.scale).toBe(3);
    const padded = compilePolicy(declare("c: { take: keep, values: [a] }"), catalogWith("bpchar"));
    expect(thing(padded)?.columns[1]?.padded).toBe(true);
  });
});

describe("refusals: exact code, place and message", () => {
  const keep = "c: { take: keep }";
  test.each([
    [
      "a table that is missing",
      keep,
      policyCatalog({ "public.thing": { columns: { id: "int8", c: "bool" } }, "public.events": { columns: eventColumns } }),
      "policy/table-missing",
      "The table public.things does not exist (or the administrator does not see it).",
      "Did you mean `public.thing`?",
    ],
    [
      "a column that is missing",
      "colour: { take: keep }",
      policyCatalog({ "public.things": { columns: { id: "int8", color: "bool" } }, "public.events": { columns: eventColumns } }),
      "policy/column-missing",
      "public.things has no column `colour`.",
      "Did you mean `color`?",
    ],
    [
      "a column that stays and is missing",
      "colour: { is: text }",
      catalogWith("bool"),
      "policy/column-missing",
      "public.things has no column `colour`.",
      undefined,
    ],
    [
      "text without a rule",
      keep,
      catalogWith("text"),
      "policy/text-needs-rule",
      "public.things.c is text and is kept without a rule: anything could pass.",
      undefined,
    ],
    [
      "a rule on a number",
      "c: { take: keep, values: [a] }",
      catalogWith("int4"),
      "policy/treatment-detail",
      "public.things.c is no text: `values` and `match` do not apply.",
      undefined,
    ],
    [
      "a UUID that is kept",
      keep,
      catalogWith("uuid"),
      "policy/type-unsupported",
      "public.things.c is uuid: no `keep` for it.",
      "Here it would leave as it is; use `token SPACE`, `present` or let it stay.",
    ],
    [
      "a time that is kept",
      keep,
      catalogWith("timestamptz"),
      "policy/type-unsupported",
      "public.things.c is timestamp with time zone: no `keep` for it.",
      "Here use `truncate minute`, `hour`, `day` or `month`.",
    ],
    [
      "numeric without bounds",
      keep,
      catalogWith("numeric"),
      "policy/type-unsupported",
      "public.things.c is numeric without a precision of at most 18 digits: its values have no bound.",
      undefined,
    ],
    [
      "numeric too wide",
      keep,
      catalogWith("numeric:30,2"),
      "policy/type-unsupported",
      "public.things.c is numeric without a precision of at most 18 digits: its values have no bound.",
      undefined,
    ],
    [
      "a view",
      keep,
      catalogWith("bool", { kind: "v" }),
      "policy/table-kind",
      "public.things is a view: no change of it is ever sent.",
      undefined,
    ],
    [
      "an unlogged table",
      keep,
      catalogWith("bool", { persistence: "u" }),
      "policy/table-kind",
      "public.things is unlogged: no change of it is ever sent.",
      "ALTER TABLE public.things SET LOGGED",
    ],
    [
      "an unlogged partition",
      keep,
      catalogWith("bool", {
        kind: "p",
        leaves: [{ schema: "public", table: "things_1", oid: 1, kind: "r", persistence: "u", relfilenode: 1 }],
      }),
      "policy/table-kind",
      "The partition public.things_1 of public.things is unlogged: no change of it is ever sent.",
      "ALTER TABLE public.things_1 SET LOGGED",
    ],
    [
      "a foreign partition",
      keep,
      catalogWith("bool", {
        kind: "p",
        leaves: [{ schema: "public", table: "things_1", oid: 1, kind: "f", persistence: "p", relfilenode: 1 }],
      }),
      "policy/table-kind",
      "The partition public.things_1 of public.things is a foreign table: no change of it is ever sent.",
      undefined,
    ],
    [
      "REPLICA IDENTITY FULL",
      keep,
      catalogWith("bool", { replicaIdentity: "f" }),
      "policy/identity-full",
      "public.things has REPLICA IDENTITY FULL: with a column list every update and delete on it would fail.",
      "ALTER TABLE public.things REPLICA IDENTITY DEFAULT",
    ],
    [
      "REPLICA IDENTITY NOTHING",
      keep,
      catalogWith("bool", { replicaIdentity: "n", identityColumns: [] }),
      "policy/no-identity",
      "public.things has no replica identity: published, every update and delete on it would fail.",
      "ALTER TABLE public.things REPLICA IDENTITY DEFAULT (it needs a primary key), or declare it `append_only: true`.",
    ],
    [
      "no key at all",
      keep,
      catalogWith("bool", { identityColumns: [] }),
      "policy/no-identity",
      "public.things has no replica identity: published, every update and delete on it would fail.",
      "Add a primary key, or declare the table `append_only: true`.",
    ],
    [
      "a key that the identity does not hold",
      keep,
      catalogWith("bool", { identityColumns: ["c"] }),
      "policy/key-not-identity",
      "`id` is no part of the replica identity of public.things (c).",
      undefined,
    ],
    [
      "values of nowhere",
      "c: { take: keep, values: from nowhere.sku }",
      catalogWith("text"),
      "policy/values-missing",
      "The table public.nowhere, which `things.c` takes its values from, does not exist.",
      undefined,
    ],
    [
      "values that are no text",
      "c: { take: keep, values: from events.ok }",
      catalogWith("text"),
      "policy/values-missing",
      "The column public.events.ok, which `things.c` takes its values from, is boolean and no text.",
      undefined,
    ],
  ])("%s", (_name, columns, catalog, code, message, remedy) => {
    const error = errorOf(() => compilePolicy(declare(columns), catalog));
    expect([error[0], error[2]]).toEqual([code, message]);
    expect(error[1]).toMatch(/^v\.yaml:[57]:\d+$/);
    if (remedy !== undefined) expect(error[3]).toBe(remedy);
  });

  test("a generated column: from PostgreSQL 18 on, and a stored one only", () => {
    const generated = (kind: string, version: number): Catalog => {
      const catalog = catalogWith("bool", {}, {}, { version });
      return {
        ...catalog,
        tables: catalog.tables.map((table) => ({
          ...table,
          columns: table.columns.map((column) => (column.name === "c" ? { ...column, generated: kind } : column)),
        })),
      };
    };
    expect(codeOf(keep, generated("s", 170_005))).toBe("policy/generated-column");
    expect(codeOf(keep, generated("v", 180_000))).toBe("policy/generated-column");
    expect(thing(compilePolicy(declare(keep), generated("s", 180_000)))?.columns.length).toBe(2);
  });

  test("a reference of another kind than the key it holds", () => {
    const catalog = policyCatalog({
      "public.things": { columns: { id: "uuid", c: "bool" } },
      "public.events": { columns: eventColumns, identity: ["id", "at"] },
    });
    expect(errorOf(() => compilePolicy(declare(keep), catalog)).slice(0, 3)).toEqual([
      "policy/refers-type",
      "v.yaml:7:77",
      "`events.thing_id` is int and the key of `things` is uuid: their tokens would never be equal.",
    ]);
  });

  test("int4 may refer to int8", () => {
    const catalog = policyCatalog({
      "public.things": { columns: { id: "int8", c: "bool" } },
      "public.events": { columns: { ...eventColumns, thing_id: "int4" }, identity: ["id", "at"] },
    });
    expect(compilePolicy(declare(keep), catalog).tables.length).toBe(2);
  });

  test("a token on few values; a key of few is a small table and no leak", () => {
    const options = { distinct: () => 7 };
    expect(codeOf("c: { take: token colour }", catalogWith("text"), options)).toBe("policy/token-few-values");
    expect(thing(compilePolicy(declare(keep), catalogWith("bool"), options))?.columns.length).toBe(2);
  });

  test("hours of a date, and a condition of another type", () => {
    const dated = policyCatalog({
      "public.things": { columns: { id: "int8", c: "bool" } },
      "public.events": { columns: { ...eventColumns, at: "date" }, identity: ["id"] },
    });
    expect(errorOf(() => compilePolicy(declare(keep, "metrics: { m: { count: events } }"), dated)).slice(0, 3)).toEqual([
      "policy/grain-too-fine",
      "v.yaml:8:12",
      "`m` asks for hours, but `at` is a date.",
    ]);
    expect(
      errorOf(() => compilePolicy(declare(keep, "metrics: { m: { count: events, filter: { ok: 1 } } }"), catalogWith("bool"))).slice(0, 3),
    ).toEqual(["policy/condition-impossible", "v.yaml:8:12", "`m` compares `ok` with something that is no boolean."]);
  });

  test("a sum of what does not add up exactly", () => {
    const sum = (type: string) => {
      const catalog = policyCatalog({
        "public.things": { columns: { id: "int8", c: type, t: "timestamptz" } },
        "public.events": { columns: eventColumns, identity: ["id"] },
      });
      return () =>
        compilePolicy(declare("c: { take: keep }, t: { take: truncate day }", "metrics: { m: { sum: things.c, at: t } }"), catalog);
    };
    expect(errorOf(sum("float8")).slice(0, 3)).toEqual([
      "policy/not-summable",
      "v.yaml:8:12",
      "`m` adds up `c`, which holds floating-point numbers.",
    ]);
    expect(errorOf(sum("bool"))[2]).toBe("`m` adds up `c`, which holds no numbers.");
    for (const type of ["int4", "int8", "numeric:10,2"]) expect(sum(type)).not.toThrow();
  });

  test("all of it at once", () => {
    const error = errorOf(() =>
      compilePolicy(declare("c: { take: keep }, d: { take: keep }"), catalogWith("text", { replicaIdentity: "f" })),
    );
    expect(error[0]).toBe("policy/several");
    expect(error[2]).toContain("3 errors in v.yaml:");
  });
});
