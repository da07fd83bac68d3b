/* oxlint-disable max-lines -- a table of cases, one row an error */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { VitrineError } from "../../model/error.ts";
import { parseDeclaration } from "../declaration.ts";
import { DeclarationErrors } from "./problems.ts";

/** The file that every case changes in one place. */
const sound = String.raw`version: 1
zone: America/Los_Angeles
unit: accounts
entities:
  accounts:
    table: public.accounts
    columns:
      id: { is: account identifier, take: token account }
      email: { is: e-mail }
      country: { is: country, take: keep, match: '[A-Z]{2}' }
      created_at: { is: time, take: truncate day }
  devices:
    table: public.devices
    columns:
      id: { is: device identifier, take: token device }
      account_id: { is: account identifier, refers: accounts }
      model: { is: product, take: keep, values: from device_models.sku }
      firmware: { is: product, take: truncate minor, match: '\d+\.\d+\.\d+' }
      activated_at: { is: time, take: truncate hour }
      nickname: { is: free text }
facts:
  attempts:
    table: public.connection_attempts
    key: { id: opaque }
    time: at
    columns:
      device_id: { refers: devices }
      ok: { take: keep }
      reason: { take: keep, values: [dns, wifi] }
    dimensions:
      model: { origin: current, of: devices.model }
      country: { origin: current, of: accounts.country }
metrics:
  activations: { count: devices, at: activated_at, by: [model, country] }
  failures: { ratio: attempts, where: { ok: false }, by: [model, country, reason], grain: [hour, day] }
`;

function errorOf(text: string): VitrineError {
  try {
    parseDeclaration(text, "v.yaml");
  } catch (error) {
    if (error instanceof VitrineError) return error;
    throw error;
  }
  throw new Error("the file was accepted");
}

function changed(from: string | RegExp, to: string): string {
  const text = sound.replace(from, to);
  if (text === sound) throw new Error("the case changes nothing");
  return text;
}

describe("a sound file", () => {
  const declaration = parseDeclaration(sound, "v.yaml");
  const table = (name: string) => declaration.tables.find((one) => one.name === name);

  test("defaults: k, times, history, titles, grains", () => {
    expect(declaration).toMatchObject({
      file: "v.yaml",
      zone: "America/Los_Angeles",
      unit: "accounts",
      k: 10,
      source: { url: undefined },
      limits: { acceptUnlimitedWalGb: undefined },
    });
    expect(table("attempts")?.columns.find((column) => column.name === "at")).toMatchObject({
      is: "time",
      take: { tag: "truncate", to: "minute" },
    });
    expect(table("attempts")?.columns.find((column) => column.name === "id")).toMatchObject({ is: "key", take: { tag: "opaque" } });
    expect(declaration.metrics[0]).toMatchObject({
      title: "Activations",
      description: "",
      grain: ["hour", "day", "week", "month"],
      history: "follow",
      cuboids: undefined,
    });
  });

  test("a column that refers takes the entity's token", () => {
    expect(table("devices")?.columns[1]).toMatchObject({
      name: "account_id",
      refers: "accounts",
      take: { tag: "token", space: "account" },
    });
  });

  test("rules: a list, a source column (schema public by default), a pattern anchored on both sides", () => {
    expect(table("devices")?.columns[2]?.take).toEqual({
      tag: "keep",
      rule: { tag: "values-from", table: "public.device_models", column: "sku" },
    });
    expect(table("devices")?.columns[3]?.take).toEqual({
      tag: "version",
      parts: 2,
      rule: { tag: "match", pattern: String.raw`^(?:\d+\.\d+\.\d+)$`, lengthMax: 64 },
    });
    expect(table("attempts")?.columns[2]?.take).toEqual({ tag: "keep", rule: { tag: "values", values: ["dns", "wifi"] } });
  });

  test("dimensions: own ones of value columns, current ones by their path", () => {
    expect(table("attempts")?.dimensions).toEqual([
      { name: "ok", origin: "own", path: [], of: { table: "attempts", column: "ok" } },
      { name: "reason", origin: "own", path: [], of: { table: "attempts", column: "reason" } },
      { name: "model", origin: "current", path: ["device_id"], of: { table: "devices", column: "model" } },
      { name: "country", origin: "current", path: ["device_id", "account_id"], of: { table: "accounts", column: "country" } },
    ]);
  });

  test("an entity's metric may name a column of what it refers to", () => {
    expect(table("devices")?.dimensions.find((one) => one.name === "country")).toEqual({
      name: "country",
      origin: "current",
      path: ["account_id"],
      of: { table: "accounts", column: "country" },
    });
  });

  test("the way to the protected unit", () => {
    expect(declaration.metrics.map((metric) => metric.unitPath)).toEqual([["account_id"], ["device_id", "account_id"]]);
  });

  test("places are 1-based and those of the names", () => {
    expect(table("devices")?.place).toEqual({ file: "v.yaml", line: 12, column: 3 });
    expect(table("devices")?.columns[3]?.place).toEqual({ file: "v.yaml", line: 18, column: 7 });
    expect(declaration.metrics[1]?.place).toEqual({ file: "v.yaml", line: 35, column: 3 });
  });

  test("every treatment is read", () => {
    const text = String.raw`version: 1
zone: UTC
unit: a
k: 25
source: { url: postgres://reader@db.example:5432/shop }
limits: { accept_unlimited_wal_gb: 20 }
entities:
  a:
    table: s.a
    key: code
    columns:
      code: { take: token a }
      b: { take: bucket, bounds: [-1, 0.5] }
      p: { take: prefix 2, values: [AB] }
      l: { take: lookup, table: { US: west, 7: seven } }
      h: { take: present }
      c: { take: constant, value: 'yes' }
      v1: { take: truncate major, match: '\d+\.\d+', max_length: 9 }
      v3: { take: truncate patch, match: '\d+\.\d+\.\d+' }
      m: { take: truncate month }
      n: { take: keep }
facts:
  f: { table: s.f, append_only: true, time: t, history: keep, columns: { a: { refers: a }, t: { take: truncate day } } }
metrics:
  m: { count: f }
`;
    const read = parseDeclaration(text, "v.yaml");
    expect(read).toMatchObject({ k: 25, source: { url: "postgres://reader@db.example:5432/shop" }, limits: { acceptUnlimitedWalGb: 20 } });
    expect(read.tables[0]?.columns.map((column) => column.take)).toEqual([
      { tag: "token", space: "a" },
      { tag: "bucket", bounds: [-1, 0.5] },
      { tag: "prefix", length: 2, rule: { tag: "values", values: ["AB"] } },
      { tag: "lookup", table: { US: "west", 7: "seven" } },
      { tag: "present" },
      { tag: "constant", value: "yes" },
      { tag: "version", parts: 1, rule: { tag: "match", pattern: String.raw`^(?:\d+\.\d+)$`, lengthMax: 9 } },
      { tag: "version", parts: 3, rule: { tag: "match", pattern: String.raw`^(?:\d+\.\d+\.\d+)$`, lengthMax: 64 } },
      { tag: "truncate", to: "month" },
      { tag: "keep", rule: undefined },
    ]);
    expect(read.tables[1]).toMatchObject({ key: undefined, time: "t", history: "keep" });
    expect(read.metrics[0]).toMatchObject({ grain: ["day", "week", "month"], history: "keep", unitPath: ["a"] });
  });

  test("the policy's hash follows what is stored, not how the file is laid out, what it calls things or counts", () => {
    const hash = (text: string): string => parseDeclaration(text, "w.yaml").policyHash;
    expect(hash(`# a comment\n${sound}`)).toBe(declaration.policyHash);
    expect(hash(changed("is: free text", "is: nickname"))).toBe(declaration.policyHash);
    expect(hash(changed("by: [model, country] }", "by: [model], title: New }"))).toBe(declaration.policyHash);
    expect(hash(changed("truncate hour", "truncate day"))).not.toBe(declaration.policyHash);
    expect(hash(changed("zone: America/Los_Angeles", "zone: UTC"))).not.toBe(declaration.policyHash);
    expect(hash(changed("nickname: { is: free text }", "nickname: { take: present }"))).not.toBe(declaration.policyHash);
  });

  test("a metric's version follows its meaning, not its title", () => {
    const version = (text: string): string | undefined => parseDeclaration(text, "w.yaml").metrics[1]?.version;
    expect(version(changed("where: { ok: false }", "title: Failures, where: { ok: false }"))).toBe(version(sound));
    expect(version(changed("where: { ok: false }", "where: { ok: true }"))).not.toBe(version(sound));
    expect(version(changed("of: devices.model", "of: devices.firmware"))).not.toBe(version(sound));
  });
});

describe("one error each: code, place, message, remedy", () => {
  interface Case {
    readonly name: string;
    readonly text: string;
    readonly code: string;
    readonly place: string;
    readonly message: string;
    readonly remedy?: string | undefined;
  }
  const rows: readonly (readonly [name: string, text: string, code: string, place: string, message: string, remedy?: string])[] = [
    [
      "no YAML",
      changed("zone: America", "zone: [America"),
      "policy/invalid",
      "v.yaml:3:1",
      "The indentation does not fit what stands above, or a bracket or brace there is not closed.",
    ],
    [
      "a tab",
      changed("    table: public.accounts", "\ttable: public.accounts"),
      "policy/invalid",
      "v.yaml:6:1",
      "YAML is indented with blanks, not with a tab.",
    ],
    ["two documents", `${sound}---\na: 1\n`, "policy/invalid", "v.yaml:36:1", "A second YAML document begins here; the file must be one."],
    [
      "an alias to nothing",
      changed("unit: accounts", "unit: *nobody"),
      "policy/file-too-large",
      "v.yaml:1:1",
      "The file's aliases lead nowhere or make it too large.",
    ],
    ["an empty file", "", "policy/wrong-shape", "v.yaml:1:1", "The file must be a map that begins with `version: 1`."],
    ["a file too large", `#${"x".repeat(1 << 20)}\n${sound}`, "policy/file-too-large", "v.yaml:1:1", "The file is larger than 1 MiB."],
    [
      "a name twice in a map",
      changed("      email: { is: e-mail }", "      email: { is: e-mail }\n      email: { is: x }"),
      "policy/duplicate-name",
      "v.yaml:10:7",
      "This name stands twice in the same map.",
    ],
    [
      "a fact with an entity's name",
      changed("  attempts:", "  devices:"),
      "policy/duplicate-name",
      "v.yaml:22:3",
      "`devices` is an entity already.",
    ],
    [
      "a table declared twice",
      changed("public.connection_attempts", "public.devices"),
      "policy/duplicate-name",
      "v.yaml:23:12",
      "`attempts` is made of the same table as `devices`.",
    ],
    [
      "another version",
      changed("version: 1", "version: 2"),
      "policy/unsupported-version",
      "v.yaml:1:10",
      "This Vitrine reads version 1 of the file.",
    ],
    ["no version", changed("version: 1\n", ""), "policy/missing", "v.yaml:1:1", "`version` is missing.", "Add `version:` there."],
    [
      "an unknown word on top",
      changed("unit: accounts", "unit: accounts\nzones: x"),
      "policy/unknown-word",
      "v.yaml:4:1",
      "`zones` is not known in the file.",
      "Did you mean `zone`?",
    ],
    [
      "an unknown word in a column",
      changed("{ is: e-mail }", "{ iz: e-mail }"),
      "policy/unknown-word",
      "v.yaml:9:16",
      "`iz` is not known in `entities.accounts.columns.email`.",
      "Did you mean `is`?",
    ],
    [
      "an unknown treatment",
      changed("take: truncate day", "take: trunkate day"),
      "policy/unknown-word",
      "v.yaml:11:37",
      "`trunkate` is no treatment.",
      "Did you mean `truncate`?",
    ],
    [
      "an unknown grain of time",
      changed("take: truncate day", "take: truncate week"),
      "policy/unknown-word",
      "v.yaml:11:37",
      "`truncate` needs one word: what to cut to.",
      "Known here: `minute`, `hour`, `day`, `month`, `major`, `minor`, `patch`.",
    ],
    [
      "a list that is none",
      changed("by: [model, country] }", "by: model }"),
      "policy/wrong-shape",
      "v.yaml:34:56",
      "`metrics.activations.by` must be a list.",
    ],
    [
      "a number for a text",
      changed("values: [dns, wifi]", "values: [1, 2]"),
      "policy/wrong-shape",
      "v.yaml:29:37",
      "`facts.attempts.columns.reason.values` must be a list of texts (quote numbers), or `from table.column`.",
    ],
    [
      "an unknown zone",
      changed("America/Los_Angeles", "America/Los_Angles"),
      "policy/unknown-zone",
      "v.yaml:2:7",
      "The zone is not in the IANA database.",
      "Did you mean `America/Los_Angeles`?",
    ],
    [
      "an offset for a zone",
      changed("America/Los_Angeles", "'+02:00'"),
      "policy/unknown-zone",
      "v.yaml:2:7",
      "The zone is not in the IANA database.",
    ],
    ["k too small", changed("unit: accounts", "unit: accounts\nk: 9"), "policy/k-too-small", "v.yaml:4:4", "k must be at least 10."],
    [
      "a password",
      changed("unit: accounts", "unit: accounts\nsource: { url: 'postgres://a:hunter2@h/d' }"),
      "policy/password-in-file",
      "v.yaml:4:16",
      "The address of the source holds a password.",
    ],
    [
      "a password as a parameter",
      changed("unit: accounts", "unit: accounts\nsource: { url: 'postgres://h/d?password=hunter2' }"),
      "policy/password-in-file",
      "v.yaml:4:16",
      "The address of the source holds a password.",
    ],
    [
      "a unit that is no entity",
      changed("unit: accounts", "unit: account"),
      "policy/unknown-entity",
      "v.yaml:3:7",
      "The protected unit `account` is no entity.",
      "Did you mean `accounts`?",
    ],
    [
      "a table without a schema",
      changed("public.accounts", "accounts"),
      "policy/bad-table-name",
      "v.yaml:6:12",
      "The table of `accounts` is not `schema.table`.",
    ],
    [
      "an entity without its key",
      changed("      id: { is: device identifier, take: token device }\n", ""),
      "policy/key-missing",
      "v.yaml:12:3",
      "The key `id` of `devices` is not taken.",
      "Declare it under columns: `id: { is: identifier, take: token devices }`.",
    ],
    [
      "a key that stays",
      changed(", take: token device", ""),
      "policy/key-missing",
      "v.yaml:15:7",
      "The key `id` of `devices` is not taken.",
    ],
    [
      "a lossy key",
      changed("take: token device }", "take: prefix 3, match: '[0-9]{3}' }"),
      "policy/key-lossy",
      "v.yaml:15:42",
      "The key `id` of `devices` has a treatment that can make two keys equal.",
      "Use `take: token devices`.",
    ],
    [
      "an opaque entity",
      changed("take: token device }", "take: opaque }"),
      "policy/key-lossy",
      "v.yaml:15:42",
      "The key `id` of the entity `devices` is opaque: it would leave as it is.",
    ],
    [
      "an entity's key that refers",
      changed("take: token device }", "refers: accounts }"),
      "policy/key-conflict",
      "v.yaml:15:7",
      "The key `id` of `devices` refers to another entity.",
    ],
    [
      "a lossy key of a fact",
      changed("id: opaque", "id: truncate day"),
      "policy/key-lossy",
      "v.yaml:24:16",
      "The key `id` of `attempts` has a treatment that can make two keys equal.",
    ],
    [
      "a fact without a key",
      changed("    key: { id: opaque }\n", ""),
      "policy/missing",
      "v.yaml:22:3",
      "`attempts` has no key.",
      "Say `key: { id: opaque }`, or `append_only: true` for a table without a key.",
    ],
    [
      "a fact with two keys",
      changed("{ id: opaque }", "{ id: opaque, at: opaque }"),
      "policy/wrong-shape",
      "v.yaml:24:24",
      "The key of `attempts` is one column.",
    ],
    [
      "append_only with a key",
      changed("    time: at", "    append_only: true\n    time: at"),
      "policy/append-only",
      "v.yaml:25:5",
      "`attempts` is append_only and has a key.",
    ],
    [
      "a key that is also something else",
      changed("ok: { take: keep }", "ok: { take: keep }\n      id: { take: keep }"),
      "policy/key-conflict",
      "v.yaml:29:7",
      "`id` is the key of `attempts` and is taken in another way here.",
    ],
    ["a fact without a time", changed("    time: at\n", ""), "policy/missing", "v.yaml:22:3", "The fact `attempts` has no `time`."],
    [
      "a time that is not truncated",
      changed("ok: { take: keep }", "ok: { take: keep }\n      at: { take: keep }"),
      "policy/wrong-shape",
      "v.yaml:29:19",
      "The time `at` of `attempts` must be truncated.",
    ],
    [
      "opaque where there is no key",
      changed("ok: { take: keep }", "ok: { take: opaque }"),
      "policy/treatment-detail",
      "v.yaml:28:7",
      "`ok` is opaque and no key.",
    ],
    [
      "a reference to nothing",
      changed("refers: accounts", "refers: acounts"),
      "policy/unknown-entity",
      "v.yaml:16:53",
      "`acounts` is no entity.",
      "Did you mean `accounts`?",
    ],
    [
      "a reference that is taken otherwise",
      changed("refers: accounts", "take: token person, refers: accounts"),
      "policy/key-conflict",
      "v.yaml:16:51",
      "`account_id` refers to `accounts` and is taken in another way than its key.",
    ],
    [
      "a version without match",
      changed(/, match: '\\d.*?'/, ""),
      "policy/treatment-detail",
      "v.yaml:18:38",
      "`truncate` of a version needs `match`.",
    ],
    [
      "a rule on a column that stays",
      changed("nickname: { is: free text }", "nickname: { is: free text, match: '[a-z]+' }"),
      "policy/treatment-detail",
      "v.yaml:20:34",
      "A column that stays has no `match`.",
      "Say how the column is taken (`take:`), or remove it.",
    ],
    [
      "bounds on keep",
      changed("ok: { take: keep }", "ok: { take: keep, bounds: [1] }"),
      "policy/treatment-detail",
      "v.yaml:28:25",
      "`keep` has no `bounds`.",
    ],
    [
      "bucket without bounds",
      changed("ok: { take: keep }", "ok: { take: bucket }").replace("where: { ok: false }", "where: { reason: dns }"),
      "policy/treatment-detail",
      "v.yaml:28:19",
      "`bucket` needs `bounds`.",
    ],
    [
      "bounds that do not ascend",
      changed("ok: { take: keep }", "ok: { take: bucket, bounds: [2, 1] }"),
      "policy/treatment-detail",
      "v.yaml:28:35",
      "`bounds` must ascend.",
    ],
    [
      "a prefix without a length",
      changed("ok: { take: keep }", "ok: { take: prefix, values: [a] }"),
      "policy/treatment-detail",
      "v.yaml:28:19",
      "`prefix` needs a length from 1 to 64.",
    ],
    [
      "a prefix without a rule",
      changed("ok: { take: keep }", "ok: { take: prefix 2 }"),
      "policy/treatment-detail",
      "v.yaml:28:19",
      "`prefix` needs a rule for what the prefix may be.",
    ],
    [
      "a lookup without a table",
      changed("ok: { take: keep }", "ok: { take: lookup }"),
      "policy/treatment-detail",
      "v.yaml:28:19",
      "`lookup` needs a `table`.",
    ],
    [
      "a constant without a value",
      changed("ok: { take: keep }", "ok: { take: constant }"),
      "policy/treatment-detail",
      "v.yaml:28:19",
      "`constant` needs a `value`.",
    ],
    [
      "a token without a space",
      changed("ok: { take: keep }", "ok: { take: token }"),
      "policy/treatment-detail",
      "v.yaml:28:19",
      "`token` needs the name of its space.",
    ],
    [
      "a word too many",
      changed("ok: { take: keep }", "ok: { take: keep all }"),
      "policy/treatment-detail",
      "v.yaml:28:19",
      "The treatment is followed by a word that does not belong to it.",
    ],
    [
      "values and match",
      changed("values: [dns, wifi]", "values: [dns], match: 'a'"),
      "policy/treatment-detail",
      "v.yaml:29:44",
      "`values` and `match` exclude each other.",
    ],
    [
      "values from nothing",
      changed("from device_models.sku", "from device_models"),
      "policy/treatment-detail",
      "v.yaml:17:49",
      "`values` is a list, or `from table.column`.",
    ],
    [
      "a pattern that allows anything",
      changed("'[A-Z]{2}'", "'[A-Z].*'"),
      "policy/pattern-unsafe",
      "v.yaml:10:50",
      "`match` is refused at its character 6: `.` allows anything; name a class of characters, or write `\\.`.",
    ],
    [
      "an origin that is not built",
      changed("origin: current, of: devices.model", "origin: as_of, of: devices.model"),
      "policy/not-yet",
      "v.yaml:31:24",
      "A dimension of origin `as_of` is not built yet.",
    ],
    [
      "an origin that is none",
      changed("origin: current, of: devices.model", "origin: curent, of: devices.model"),
      "policy/unknown-word",
      "v.yaml:31:24",
      "`curent` is no origin.",
      "Did you mean `current`?",
    ],
    [
      "a dimension of an unknown entity",
      changed("of: devices.model", "of: device.model"),
      "policy/unknown-entity",
      "v.yaml:31:37",
      "`device` is no entity.",
      "Did you mean `devices`?",
    ],
    [
      "a dimension of a column that stays",
      changed("of: devices.model", "of: devices.nickname"),
      "policy/unknown-column",
      "v.yaml:31:37",
      "`devices` takes no value from a column `nickname`.",
      "Known here: `model`, `firmware`.",
    ],
    [
      "a dimension with a column's name",
      changed("      model: { origin", "      reason: { origin").replace("by: [model, country, reason]", "by: [country, reason]"),
      "policy/duplicate-name",
      "v.yaml:31:7",
      "`reason` is a column of `attempts` and so a dimension of origin own already.",
    ],
    [
      "an own dimension that is none",
      changed("{ origin: current, of: devices.model }", "{ origin: own }"),
      "policy/unknown-column",
      "v.yaml:31:7",
      "`attempts` takes no value from a column `model`.",
    ],
    [
      "a metric of nothing",
      changed("count: devices", "count: device"),
      "policy/unknown-table",
      "v.yaml:34:25",
      "`device` is neither an entity nor a fact.",
      "Did you mean `devices`?",
    ],
    [
      "a metric that counts twice",
      changed("{ count: devices", "{ count: devices, ratio: devices"),
      "policy/wrong-shape",
      "v.yaml:34:3",
      "The metric `activations` needs one of `count`, `ratio`, `sum`, `distinct`, `share` and `retention`.",
    ],
    [
      "a ratio without where",
      changed("where: { ok: false }, ", ""),
      "policy/missing",
      "v.yaml:35:3",
      "The ratio `failures` has no `where`.",
    ],
    [
      "a count with where",
      changed("at: activated_at,", "at: activated_at, where: { model: X },"),
      "policy/unknown-word",
      "v.yaml:34:52",
      "A count has no `where`.",
      "Use `filter:` for the rows that count at all.",
    ],
    [
      "an entity's metric without a time",
      changed("at: activated_at, ", ""),
      "policy/missing",
      "v.yaml:34:3",
      "The metric `activations` has no `at`.",
      "Name the time that places a row. Known here: `activated_at`.",
    ],
    [
      "a time that is none",
      changed("at: activated_at,", "at: model,"),
      "policy/unknown-column",
      "v.yaml:34:38",
      "`devices` has no truncated time `model`.",
    ],
    [
      "a dimension that is not declared",
      changed("by: [model, country, reason]", "by: [model, firmware]"),
      "policy/unknown-dimension",
      "v.yaml:35:66",
      "`firmware` is no dimension of `attempts`.",
      "Declare it under dimensions of `attempts`: `firmware: { origin: current, of: devices.firmware }`.",
    ],
    [
      "a dimension that is none",
      changed("by: [model, country, reason]", "by: [modell]"),
      "policy/unknown-dimension",
      "v.yaml:35:59",
      "`modell` is no dimension of `attempts`.",
      "Did you mean `model`?",
    ],
    [
      "a dimension twice",
      changed("by: [model, country, reason]", "by: [model, model]"),
      "policy/duplicate-name",
      "v.yaml:35:66",
      "`model` stands twice in `by`.",
    ],
    [
      "a grain too fine",
      changed("take: truncate hour", "take: truncate day").replace("by: [model, country] }", "by: [model], grain: [hour] }"),
      "policy/grain-too-fine",
      "v.yaml:34:73",
      "`hour` is finer than what `activated_at` stores (day).",
      "Possible: day, week, month. Or truncate the time to a finer grain.",
    ],
    [
      "a cuboid of what is not asked",
      changed("grain: [hour, day]", "grain: [day], cuboids: [[model, ok]]"),
      "policy/unknown-dimension",
      "v.yaml:35:116",
      "`ok` is not in `by`.",
    ],
    [
      "a condition on a column that stays",
      changed("where: { ok: false }", "where: { okay: false }"),
      "policy/unknown-column",
      "v.yaml:35:41",
      "`attempts` takes no value from a column `okay`.",
      "Known here: `ok`, `reason`.",
    ],
    [
      "a condition that can never hold",
      changed("where: { ok: false }", "where: { reason: [dns, hunter2] }"),
      "policy/condition-impossible",
      "v.yaml:35:55",
      "`reason` can never have this value in the mirror.",
    ],
    [
      "a text for a column without a rule",
      changed("where: { ok: false }", "where: { ok: 'false' }"),
      "policy/condition-impossible",
      "v.yaml:35:45",
      "`ok` can never have this value in the mirror.",
    ],
    [
      "no way to the unit",
      changed("account_id: { is: account identifier, refers: accounts }", "account_id: { is: x }")
        .replace("      country: { origin: current, of: accounts.country }\n", "")
        .replaceAll("model, country", "model")
        .replace(/ {2}failures.*\n/, ""),
      "policy/unit-unreachable",
      "v.yaml:33:3",
      "Protected unit of `activations`: There is no way from `devices` to `accounts` over at most 2 references.",
    ],
  ];

  const cases: readonly Case[] = rows.map(([name, text, code, place, message, remedy]) => ({ name, text, code, place, message, remedy }));

  test.each(cases)("$name", ({ text, code, place, message, remedy }) => {
    const error = errorOf(text);
    expect({ code: error.code, place: error.place, message: error.message }).toEqual({ code, place, message });
    if (remedy !== undefined) expect(error.remedy).toBe(remedy);
    expect(error.remedy.length).toBeGreaterThan(5);
    expect(`${error.message} ${error.remedy} ${error.stack ?? ""}`).not.toContain("hunter2");
  });
});

describe("ambiguity", () => {
  const text = (more: string, metric = "") => `version: 1
zone: UTC
unit: people
entities:
  people: { table: public.people, columns: { id: { take: token person }, country: { take: keep, values: [US] } } }
facts:
  sales:
    table: public.sales
    key: { id: opaque }
    time: at
    columns: { buyer: { refers: people }, seller: { refers: people } }
    dimensions: { country: { origin: current, of: people.country${more} } }
metrics:
  sales: { count: sales, by: [country]${metric} }
`;

  test("two ways are named, with what to write", () => {
    const error = errorOf(text("", ", unit_via: buyer"));
    expect([error.code, error.place, error.message, error.remedy]).toEqual([
      "policy/path-ambiguous",
      "v.yaml:12:51",
      "Dimension `country`: there are 2 ways from `sales` to `people`: buyer, seller.",
      "Name one: `via: buyer` or `via: seller`.",
    ]);
  });

  test("`via` and `unit_via` decide", () => {
    const declaration = parseDeclaration(text(", via: seller", ", unit_via: buyer"), "v.yaml");
    expect(declaration.tables[1]?.dimensions).toEqual([
      { name: "country", origin: "current", path: ["seller"], of: { table: "people", column: "country" } },
    ]);
    expect(declaration.metrics[0]?.unitPath).toEqual(["buyer"]);
  });

  test("the unit's ways too", () => {
    const error = errorOf(text(", via: seller"));
    expect([error.code, error.place, error.remedy]).toEqual([
      "policy/path-ambiguous",
      "v.yaml:14:3",
      "Name one: `unit_via: buyer` or `unit_via: seller`.",
    ]);
  });

  test("a way that is none", () => {
    const error = errorOf(text(", via: agent", ", unit_via: buyer"));
    expect([error.code, error.message]).toEqual([
      "policy/path-missing",
      "Dimension `country`: No way from `sales` to `people` goes through `agent`.",
    ]);
  });
});

test("several errors are reported together, in the file's order, each with its own code", () => {
  const error = errorOf(
    changed("refers: accounts", "refers: acounts")
      .replace("truncate hour", "truncate hours")
      .replace("unit: accounts", "unit: account\nk: 1"),
  );
  expect(error).toBeInstanceOf(DeclarationErrors);
  expect(error.code).toBe("policy/several");
  expect(error instanceof DeclarationErrors ? error.errors.map((one) => [one.code, one.place]) : []).toEqual([
    ["policy/unknown-entity", "v.yaml:3:7"],
    ["policy/k-too-small", "v.yaml:4:4"],
    ["policy/unknown-entity", "v.yaml:17:53"],
    ["policy/unknown-word", "v.yaml:20:39"],
  ]);
  expect(error.message).toContain("4 errors in v.yaml:");
});

test("a name that is none is told, and the word is not taken for a value", () => {
  const error = errorOf(changed("  attempts:", "  Attempts:"));
  expect([error.code, error.place]).toEqual(["policy/bad-name", "v.yaml:22:3"]);
});

test("random text and random YAML give a VitrineError, never a crash, and never quote a secret", () => {
  const lines = sound.split("\n");
  const secret = "s3cr3t Anna@example.org";
  fc.assert(
    fc.property(
      fc.nat({ max: lines.length - 1 }),
      fc.constantFrom(
        secret,
        `"${secret}"`,
        `{ ${secret}: 1 }`,
        `[${secret}]`,
        "",
        "null",
        "{}",
        "[]",
        "12",
        "- a",
        "? b",
        "&a *a",
        "!!binary x",
        "  : :",
      ),
      fc.boolean(),
      (at, junk, replace) => {
        const indent = /^ */.exec(lines[at] ?? "")?.[0] ?? "";
        const key = /^ *[^:]*:/.exec(lines[at] ?? "")?.[0] ?? "";
        const text = lines.map((line, i) => (i === at ? (replace ? `${indent}${junk}` : `${key} ${junk}`) : line)).join("\n");
        try {
          parseDeclaration(text, "v.yaml");
        } catch (error) {
          expect(error).toBeInstanceOf(VitrineError);
          if (error instanceof VitrineError) expect(`${error.message} ${error.remedy} ${error.place ?? ""}`).not.toContain("example.org");
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

describe("the inventory alone", () => {
  const withStays = (stays: string): string => `${sound}stays:\n${stays}`;

  test("a table of which nothing leaves needs no key, and does not change the policy", () => {
    const declaration = parseDeclaration(
      withStays("  public.homes: { id: home identifier, wifi_ssid: network name }\n  public.app_log: free text\n"),
      "v.yaml",
    );
    expect(declaration.stays).toEqual([
      {
        schema: "public",
        table: "homes",
        is: undefined,
        columns: [
          { name: "id", is: "home identifier" },
          { name: "wifi_ssid", is: "network name" },
        ],
      },
      { schema: "public", table: "app_log", is: "free text", columns: [] },
    ]);
    expect(declaration.policyHash).toBe(parseDeclaration(sound, "v.yaml").policyHash);
  });

  test.each([
    ["a table that is declared above", "  public.accounts: people\n", "policy/duplicate-name"],
    ["a name without a schema", "  homes: houses\n", "policy/bad-table-name"],
    ["a treatment", "  public.homes: { id: { take: keep } }\n", "policy/wrong-shape"],
    ["a number", "  public.homes: 5\n", "policy/wrong-shape"],
    ["the same table twice", "  public.homes: a\n  public.homes: b\n", "policy/duplicate-name"],
  ])("%s is refused", (_, stays, code) => {
    const error = errorOf(withStays(stays));
    expect([error.code, error.place]).toEqual([code, expect.stringMatching(/^v\.yaml:3\d:\d+$/)]);
  });
});
