/** Kinds beyond count and ratio: what the parser makes of them, and one exact error each. */
import { describe, expect, test } from "vitest";
import { VitrineError } from "../../model/error.ts";
import { parseDeclaration } from "../declaration.ts";

const base = `version: 1
zone: America/Los_Angeles
unit: accounts
entities:
  accounts:
    table: public.accounts
    columns:
      id: { take: token account }
      country: { take: keep, values: [EG, US] }
  devices:
    table: public.devices
    columns:
      id: { take: token device }
      account_id: { refers: accounts }
      activated_at: { take: truncate day }
      model: { take: keep, values: [cam, plug] }
      firmware: { take: keep, values: ["1", "2"] }
facts:
  attempts:
    table: public.attempts
    key: { id: opaque }
    time: at
    columns:
      at: { take: truncate hour }
      device_id: { refers: devices }
      account_id: { refers: accounts }
      ok: { take: keep }
      reason: { take: keep, values: [dns] }
      ms: { take: keep }
    dimensions:
      model: { origin: current, of: devices.model }
  links:
    table: public.links
    key: { id: opaque }
    time: linked
    columns:
      linked: { take: truncate month }
      account_id: { refers: accounts }
      token: { take: present }
metrics:
`;

const metric = (line: string) => parseDeclaration(`${base}  m: ${line}\n`, "v.yaml").metrics[0];

function errorOf(line: string): VitrineError {
  try {
    metric(line);
  } catch (error) {
    if (error instanceof VitrineError) return error;
    throw error;
  }
  throw new Error("not refused");
}

describe("what is understood", () => {
  test("sum", () => {
    expect(
      metric("{ sum: attempts.ms, by: [model], unit: ms, format: duration, owner: the network team, unit_via: account_id }"),
    ).toMatchObject({
      kind: "sum",
      table: "attempts",
      at: "at",
      detail: { tag: "sum", column: "ms" },
      grain: ["hour", "day", "week", "month"],
      unit: "ms",
      format: "duration",
      owner: "the network team",
    });
  });

  test("distinct: of the entity, in whole days, split by what the entity is now", () => {
    expect(metric("{ distinct: attempts.device_id, filter: { ok: true }, by: [model, country] }")).toMatchObject({
      kind: "distinct",
      table: "devices",
      at: undefined,
      filter: [],
      detail: { tag: "distinct", table: "attempts", time: "at", of: "device_id", filter: [{ column: "ok", values: [true] }] },
      grain: ["day", "week", "month"],
      by: ["model", "country"],
      unitPath: ["account_id"],
      format: "number",
      history: "follow",
    });
  });

  test("share of a dimension's values, which comes last", () => {
    expect(metric("{ share: devices, of: firmware, by: [model] }")).toMatchObject({
      kind: "share",
      table: "devices",
      by: ["model", "firmware"],
      grain: [],
      detail: { tag: "share-of", dimension: "firmware" },
      format: "percent",
    });
  });

  test("share having rows", () => {
    expect(metric("{ share: accounts, having: { table: links, where: { token: true } }, by: [country] }")).toMatchObject({
      kind: "share",
      table: "accounts",
      unitPath: [],
      detail: { tag: "share-having", table: "links", of: "account_id", filter: [{ column: "token", values: [true] }] },
    });
  });

  test("retention: days 1, 7 and 30 by default", () => {
    expect(metric("{ retention: devices, at: activated_at, active: attempts.device_id, by: [model] }")).toMatchObject({
      kind: "retention",
      table: "devices",
      at: "activated_at",
      detail: { tag: "retention", days: [1, 7, 30], table: "attempts", time: "at", of: "device_id" },
    });
    expect(metric("{ retention: devices, at: activated_at, active: attempts.device_id, days: [30, 3, 3] }")?.detail).toMatchObject({
      days: [3, 30],
    });
  });

  test("metrics that mean the same share a set, others do not; words change no version", () => {
    const set = (line: string) => {
      const detail = metric(line)?.detail;
      return detail !== undefined && "set" in detail ? detail.set : undefined;
    };
    const plain = set("{ distinct: attempts.device_id }");
    expect(plain?.name).toMatch(/^attempts_device_id_[0-9a-f]{8}$/);
    expect(set("{ retention: devices, at: activated_at, active: attempts.device_id }")).toEqual(plain);
    expect(set("{ distinct: attempts.device_id, filter: { ok: true } }")).not.toEqual(plain);
    const version = (line: string) => metric(line)?.version;
    expect(version("{ distinct: attempts.device_id, title: Other, unit: devices, owner: me }")).toBe(
      version("{ distinct: attempts.device_id }"),
    );
    expect(version("{ distinct: attempts.device_id, by: [model] }")).not.toBe(version("{ distinct: attempts.device_id }"));
    expect(version("{ retention: devices, at: activated_at, active: attempts.device_id, days: [1] }")).not.toBe(
      version("{ retention: devices, at: activated_at, active: attempts.device_id }"),
    );
  });
});

describe("one error each: code, place, message", () => {
  const cases: readonly (readonly [string, string, string, number, string])[] = [
    ["two kinds", "{ count: devices, sum: attempts.ms, at: activated_at }", "policy/wrong-shape", 3, "needs one of"],
    ["a sum of texts", "{ sum: attempts.reason }", "policy/not-summable", 13, "no whole numbers from a column `reason`"],
    ["a sum of what stays", "{ sum: attempts.nothing }", "policy/not-summable", 13, "no whole numbers from a column `nothing`"],
    ["a sum of a table alone", "{ sum: attempts }", "policy/wrong-shape", 13, "`table.column`"],
    ["a sum of an unknown table", "{ sum: atempts.ms }", "policy/unknown-table", 13, "`atempts` is neither"],
    ["distinct values that refer to nothing", "{ distinct: attempts.reason }", "policy/unknown-column", 18, "refers to an entity"],
    ["distinct of an entity's column", "{ distinct: devices.account_id }", "policy/wrong-shape", 18, "no fact with a time"],
    ["distinct by months alone", "{ distinct: links.account_id }", "policy/grain-too-fine", 18, "stores months"],
    ["distinct by hour", "{ distinct: attempts.device_id, grain: [hour] }", "policy/grain-too-fine", 46, "whole days"],
    [
      "distinct by a row's dimension",
      "{ distinct: attempts.device_id, by: [reason] }",
      "policy/unknown-dimension",
      43,
      "belongs to a row of `attempts`",
    ],
    [
      "distinct by nothing known",
      "{ distinct: attempts.device_id, by: [modle] }",
      "policy/unknown-dimension",
      43,
      "no dimension of `devices`",
    ],
    [
      "distinct with a where",
      "{ distinct: attempts.device_id, where: { ok: true } }",
      "policy/unknown-word",
      38,
      "A distinct has no `where`.",
    ],
    ["distinct that keeps", "{ distinct: attempts.device_id, history: keep }", "policy/unknown-word", 38, "A distinct has no `history`."],
    ["a share of nothing", "{ share: devices }", "policy/missing", 3, "needs one of `of` and `having`"],
    [
      "a share of both",
      "{ share: devices, of: model, having: { table: attempts } }",
      "policy/wrong-shape",
      3,
      "needs one of `of` and `having`",
    ],
    ["a share of a fact", "{ share: attempts, of: reason }", "policy/unknown-entity", 15, "`attempts` is no entity"],
    ["a share of no dimension", "{ share: devices, of: colour }", "policy/unknown-dimension", 28, "no dimension of `devices`"],
    ["a share by itself", "{ share: devices, of: model, by: [model] }", "policy/duplicate-name", 28, "stands twice"],
    ["a share that keeps", "{ share: devices, of: model, history: keep }", "policy/unknown-word", 35, "A share has no `history`."],
    [
      "a retention that keeps",
      "{ retention: devices, at: activated_at, active: attempts.device_id, days: [1], history: keep }",
      "policy/unknown-word",
      85,
      "A retention has no `history`.",
    ],
    ["a share with periods", "{ share: devices, of: model, grain: [day] }", "policy/unknown-word", 35, "A share has no `grain`."],
    [
      "having rows over another entity",
      "{ share: accounts, having: { table: devices, via: model } }",
      "policy/path-missing",
      56,
      "refers to `accounts`",
    ],
    [
      "having rows that do not refer",
      "{ share: devices, having: { table: links } }",
      "policy/path-missing",
      41,
      "no column of `links` refers to `devices`",
    ],
    ["having a misspelt word", "{ share: accounts, having: { tabel: links } }", "policy/several", 1, "2 errors"],
    ["a retention of nothing", "{ retention: devices, at: activated_at }", "policy/missing", 3, "has no `active`"],
    [
      "a retention of others",
      "{ retention: accounts, active: attempts.device_id }",
      "policy/path-missing",
      37,
      "refers to `devices`, not to `accounts`",
    ],
    [
      "a retention of day 0",
      "{ retention: devices, at: activated_at, active: attempts.device_id, days: [0] }",
      "policy/wrong-shape",
      81,
      "at least 1",
    ],
    ["a count with days", "{ count: devices, at: activated_at, days: [1] }", "policy/unknown-word", 42, "A count has no `days`."],
    ["a format that is none", "{ count: devices, at: activated_at, format: euros }", "policy/unknown-word", 50, "word that is not known"],
  ];
  const line = base.split("\n").length;

  test.each(cases)("%s", (_, text, code, column, message) => {
    const error = errorOf(text);
    expect([error.code, error.place]).toEqual([code, code === "policy/several" ? "v.yaml" : `v.yaml:${line}:${column}`]);
    expect(error.message).toContain(message);
    expect(error.remedy.length).toBeGreaterThan(5);
  });
});
