import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { compareCells, compareRows, learn } from "./compare.ts";
import { cellKey, subsets } from "./cells.ts";
import type { NormalCell } from "./cells.ts";
import type { OracleTable } from "./description.ts";
import type { NormalRow } from "./rows.ts";
import { readSecrets, TokenPairs, uuidToken } from "./tokens.ts";

const census: OracleTable = {
  name: "census",
  from: "census",
  key: "id",
  columns: [
    { name: "id", sql: "" },
    { name: "device_id", space: "device", sql: "" },
  ],
};
const devices: OracleTable = {
  name: "devices",
  from: "devices",
  key: "id",
  columns: [
    { name: "id", space: "device", sql: "" },
    { name: "model", sql: "" },
  ],
};
const log: OracleTable = {
  name: "log",
  from: "log",
  key: undefined,
  columns: [
    { name: "device_id", space: "device", sql: "" },
    { name: "level", sql: "" },
  ],
};

function token(value: string): string {
  return createHash("md5").update(value).digest("hex");
}

function learned(): TokenPairs {
  const pairs = new TokenPairs();
  const expected = ["1", "2", "3"].map((id) => ({ id, device_id: id }));
  const actual = expected.map((row) => ({ id: row.id, device_id: token(row.device_id) }));
  expect(learn(census, { expected, actual, pairs })).toEqual([]);
  return pairs;
}

const source: readonly NormalRow[] = [
  { id: "1", model: "CAM1" },
  { id: "2", model: null },
];
const mirror: readonly NormalRow[] = source.map((row) => ({ ...row, id: token(row["id"] ?? "") }));

test("equal rows have no difference", () => {
  expect(compareRows(devices, { expected: source, actual: mirror, pairs: learned() })).toEqual([]);
});

const rowFaults: readonly (readonly [string, readonly NormalRow[], string])[] = [
  ["a row is missing", mirror.slice(0, 1), "devices 2: missing in the mirror"],
  ["a row is left over", [...mirror, { id: token("3"), model: null }], `devices: a row too many in the mirror (key ${token("3")})`],
  ["a value is another", [{ ...mirror[0], model: "CAM2" }, mirror[1] ?? {}], 'devices 1 model: is "CAM2", must be "CAM1"'],
  ["NULL became a value", [mirror[0] ?? {}, { ...mirror[1], model: "" }], 'devices 2 model: is "", must be null'],
  ["a key stands twice", [...mirror, mirror[0] ?? {}], "devices: 1 rows share a key with another"],
];
test.each(rowFaults)("red when %s", (_what, actual, message) => {
  expect(compareRows(devices, { expected: source, actual, pairs: learned() })).toEqual([message]);
});

test("red when two source values share a token", () => {
  const expected = [
    { id: "7", device_id: "1" },
    { id: "8", device_id: "2" },
  ];
  const actual = expected.map(({ id }) => ({ id, device_id: token("1") }));
  expect(compareRows(census, { expected, actual, pairs: new TokenPairs() })).toEqual([
    "census 8 device_id: device: one token stands for two source values",
  ]);
});

test("red when one source value has two tokens", () => {
  const expected = [{ id: "7", device_id: "1" }];
  expect(compareRows(census, { expected, actual: [{ id: "7", device_id: token("2") }], pairs: learned() })).toEqual([
    "census 7 device_id: device: one source value has two tokens",
  ]);
});

test("red when two spaces share a token", () => {
  const pairs = learned();
  expect(pairs.note("account", "1", token("1"))).toBe("account: one token stands for two source values");
});

test("rows without a key are compared as a multiset", () => {
  const expected = [
    { device_id: "1", level: "info" },
    { device_id: "1", level: "info" },
    { device_id: null, level: null },
  ];
  const actual = [
    { device_id: null, level: null },
    { device_id: token("1"), level: "info" },
    { device_id: token("1"), level: "info" },
  ];
  expect(compareRows(log, { expected, actual, pairs: learned() })).toEqual([]);
  expect(compareRows(log, { expected, actual: actual.slice(0, 2), pairs: learned() })).toHaveLength(1);
});

const cell: NormalCell = { count: 3, hits: 1, any: true, hit: false, none: true };
const cells = new Map([[cellKey(20_000, ["CAM1"]), cell]]);

test("equal cells have no difference", () => {
  expect(compareCells("day", cells, new Map(cells))).toEqual([]);
});

const cellFaults: readonly (readonly [string, ReadonlyMap<string, NormalCell>])[] = [
  ["one change was dropped", new Map([[cellKey(20_000, ["CAM1"]), { ...cell, count: 2 }]])],
  ["a hit was not counted", new Map([[cellKey(20_000, ["CAM1"]), { ...cell, hits: 0 }]])],
  ["the day is off by one", new Map([[cellKey(20_001, ["CAM1"]), cell]])],
  ["an entity move was ignored", new Map([[cellKey(20_000, ["CAM2"]), cell]])],
  ["a verdict of any is wrong", new Map([[cellKey(20_000, ["CAM1"]), { ...cell, any: false }]])],
  ["a verdict of hit is wrong", new Map([[cellKey(20_000, ["CAM1"]), { ...cell, hit: true }]])],
  ["a verdict of none is wrong", new Map([[cellKey(20_000, ["CAM1"]), { ...cell, none: false }]])],
  ["the cell is missing", new Map()],
  ["a cell is left over", new Map([...cells, [cellKey(20_000, [null]), cell]])],
];
test.each(cellFaults)("red when %s", (_what, actual) => {
  expect(compareCells("day", cells, actual)).not.toEqual([]);
});

test("NULL and the text null are different cells", () => {
  expect(cellKey(1, [null])).not.toBe(cellKey(1, ["null"]));
});

test("every set of dimensions is there once", () => {
  expect(subsets(["a", "b"]).map((set) => set.join())).toEqual(["", "a", "b", "a,b"]);
});

test("the oracle's token is one AES block (FIPS 197, appendix C.1)", () => {
  const secret = Buffer.from("000102030405060708090a0b0c0d0e0f".padEnd(64, "0"), "hex");
  expect(uuidToken(secret, "00112233-4455-6677-8899-aabbccddeeff")).toBe("69c4e0d86a7b0430d8cdb78070b4c55a");
});

test("the secrets are read from a key file", () => {
  const text = `# comment line\naccount 01234567 ${"ab".repeat(32)}\n`;
  expect([...readSecrets(text)]).toEqual([["account", Buffer.from("ab".repeat(32), "hex")]]);
});
