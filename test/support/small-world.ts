/**
 * A small world for tests of metrics: a declaration, its schema, rows from a seed, a store with the tables of
 * mirror/layout.ts.
 */
import type { DuckDBConnection, DuckDBValue } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import type { CompiledMetrics } from "../../src/metrics/compile.ts";
import { cellMeasures, cellsTable, deltaTable, id, rowsSql } from "../../src/mirror/layout.ts";
import type { Mirror, MirrorStatus, SqlRow } from "../../src/mirror/mirror.ts";
import { VitrineError } from "../../src/model/error.ts";
import { lsnFrom } from "../../src/model/lsn.ts";
import type { Declaration, MetricDeclaration, TableDeclaration, Treatment } from "../../src/policy/declaration.ts";
import type { SafeColumn, SafeSchema } from "../../src/policy/safe.ts";

export const zone = "America/Los_Angeles";
const place = { file: "vitrine.yaml", line: 1, column: 1 };
const models = ["bulb", "cam-1", "cam-2", "plug"];

const column = (name: string, take: Treatment | undefined, refers?: string) => ({ name, is: name, take, refers, place });
const oneOf = (...values: readonly string[]): Treatment => ({ tag: "keep", rule: { tag: "values", values } });
const pattern: Treatment = { tag: "keep", rule: { tag: "match", pattern: "^.*$", lengthMax: 64 } };
const token: Treatment = { tag: "token", space: "device" };
const table = (name: string, kind: "entity" | "fact", rest: Partial<TableDeclaration>): TableDeclaration => ({
  name,
  kind,
  schema: "public",
  table: name,
  key: "id",
  time: undefined,
  columns: [],
  dimensions: [],
  history: "follow",
  place,
  ...rest,
});

const tables: readonly TableDeclaration[] = [
  table("accounts", "entity", { columns: [column("id", token), column("country", pattern)] }),
  table("devices", "entity", {
    columns: [
      column("id", token),
      column("account_id", token, "accounts"),
      column("model", oneOf(...models)),
      column("activated_at", { tag: "truncate", to: "hour" }),
    ],
    dimensions: [
      { name: "model", origin: "own", path: [], of: { table: "devices", column: "model" } },
      { name: "country", origin: "current", path: ["account_id"], of: { table: "accounts", column: "country" } },
    ],
  }),
  table("attempts", "fact", {
    time: "at",
    columns: [
      column("id", { tag: "opaque" }),
      column("device_id", token, "devices"),
      column("at", { tag: "truncate", to: "minute" }),
      column("ok", { tag: "keep", rule: undefined }),
      column("retries", { tag: "keep", rule: undefined }),
    ],
    dimensions: [
      { name: "ok", origin: "own", path: [], of: { table: "attempts", column: "ok" } },
      { name: "retries", origin: "own", path: [], of: { table: "attempts", column: "retries" } },
      { name: "model", origin: "current", path: ["device_id"], of: { table: "devices", column: "model" } },
      { name: "country", origin: "current", path: ["device_id", "account_id"], of: { table: "accounts", column: "country" } },
    ],
  }),
];

const metric = (name: string, rest: Partial<MetricDeclaration>): MetricDeclaration => ({
  name,
  title: name,
  description: "",
  kind: "count",
  table: "devices",
  at: "activated_at",
  filter: [],
  where: [],
  by: [],
  grain: ["day"],
  cuboids: undefined,
  history: "follow",
  unitPath: [],
  version: "0123456789abcdef",
  place,
  ...rest,
});

export const declaration: Declaration = {
  file: "vitrine.yaml",
  zone,
  unit: "accounts",
  k: 3,
  annotations: [],
  assets: [],
  listeners: "on",
  vantages: [],
  oncall: [],
  smtp: undefined,
  tables,
  stays: [],
  metrics: [
    metric("activations", { by: ["model", "country"], grain: ["hour", "day", "week", "month"], unitPath: ["account_id"] }),
    metric("failure_rate", {
      kind: "ratio",
      table: "attempts",
      at: "at",
      where: [{ column: "ok", values: [false] }],
      by: ["model", "country", "retries", "ok"],
      grain: ["hour", "day", "week", "month"],
      cuboids: [["model"], ["model", "country"]],
      unitPath: ["device_id", "account_id"],
    }),
  ],
  policyHash: "abcdefabcdefabcd",
  source: { url: undefined },
  limits: { acceptUnlimitedWalGb: undefined },
};

const safe = (name: string, kind: SafeColumn["kind"], role: SafeColumn["role"] = "value", refers?: string): SafeColumn => ({
  name,
  kind,
  role,
  refers,
  scale: 0,
});

export const schema: SafeSchema = {
  policyHash: declaration.policyHash,
  keys: {},
  tables: [
    { name: "accounts", kind: "entity", key: "id", columns: [safe("id", "token", "key"), safe("country", "code")] },
    {
      name: "devices",
      kind: "entity",
      key: "id",
      columns: [
        safe("id", "token", "key"),
        safe("account_id", "token", "ref", "accounts"),
        safe("model", "code"),
        safe("activated_at", "minute"),
      ],
    },
    {
      name: "attempts",
      kind: "fact",
      key: "id",
      columns: [
        safe("id", "i64", "key"),
        safe("device_id", "token", "ref", "devices"),
        safe("at", "minute"),
        safe("ok", "bool"),
        safe("retries", "i32"),
      ],
    },
  ],
};

export interface World {
  readonly accounts: readonly { readonly ref: number; readonly country: string | null }[];
  readonly devices: readonly {
    readonly ref: number;
    readonly account: number | null;
    readonly model: string | null;
    readonly minute: number | null;
  }[];
  readonly attempts: readonly {
    readonly device: number | null;
    readonly minute: number;
    readonly ok: boolean | null;
    readonly retries: number | null;
  }[];
}

/** Rows around the end of summer time 2026 (1 November, 2:00). Some refs lead nowhere, some values are NULL. */
export function makeWorld(seed: number): World {
  let state = seed >>> 0;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const start = Date.UTC(2026, 8, 25) / 60_000;
  const pick = <T>(list: readonly T[]): T | null => (random(12) === 0 ? null : (list[random(list.length)] ?? null));
  const accounts = Array.from({ length: 30 }, (_, ref) => ({ ref, country: pick(["US", "GB", "EG"]) }));
  const devices = Array.from({ length: 120 }, (_, index) => ({
    ref: 100 + index,
    account: random(15) === 0 ? null : random(33),
    model: random(20) === 0 ? "other" : pick(models),
    minute: random(30) === 0 ? null : start + random(60 * 24) * 60,
  }));
  const attempts = Array.from({ length: 3_000 }, () => ({
    device: random(40) === 0 ? null : 100 + random(125),
    // Half of them in the two days around the change of the offset.
    minute: random(2) === 0 ? start + random(60 * 1_440) : Date.UTC(2026, 9, 31, 12) / 60_000 + random(2_880),
    ok: random(25) === 0 ? null : random(4) > 0,
    retries: random(10) === 0 ? null : random(5) - 2,
  }));
  return { accounts, devices, attempts };
}

const dictionary: Readonly<Record<string, readonly string[]>> = { "accounts.country": ["EG", "GB", "US"], "devices.model": [...models] };

function codeOf(where: string, value: string | null): number {
  if (value === null) return 0;
  return value === "other" ? 2 : 3 + (dictionary[where] ?? []).indexOf(value);
}

/** A mirror that holds the world and cells made by rowsSql; every second cell lies in the delta table. */
export async function openSmallMirror(
  world: World,
  compiled: CompiledMetrics,
  status: MirrorStatus,
): Promise<Mirror & { status: MirrorStatus; statements: string[] }> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await fillRows(connection, world);
  for (const one of compiled.cells.metrics) for (const cuboid of one.cuboids) await fillCells(connection, compiled, one.name, cuboid.id);
  const statements: string[] = [];
  const all = async (
    sql: string,
    values: readonly (string | number | boolean | null)[] = [],
    limitMs?: number,
  ): Promise<readonly SqlRow[]> => {
    statements.push(sql);
    // Again and again, as the store does it: an interruption that comes before the statement has begun is lost.
    const timer = limitMs === undefined ? undefined : setInterval(() => connection.interrupt(), limitMs);
    try {
      return (await connection.runAndReadAll(sql, values as DuckDBValue[])).getRowObjectsJS() as unknown as readonly SqlRow[];
    } catch (error) {
      if (limitMs !== undefined && String(error).includes("INTERRUPT"))
        throw new VitrineError("mirror/interrupted", { message: "Interrupted." });
      throw error;
    } finally {
      clearInterval(timer);
    }
  };
  const mirror = {
    status,
    schema,
    statements,
    startFor: async () => Promise.reject(new Error("not here")),
    receive: async () => Promise.reject(new Error("not here")),
    view: async <T>(work: (view: { status: MirrorStatus; all: typeof all }) => Promise<T>): Promise<T> =>
      work({ status: mirror.status, all }),
    read: async () => Promise.reject(new Error("not here")),
    [Symbol.asyncDispose]: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
  return mirror;
}

async function fillRows(connection: DuckDBConnection, world: World): Promise<void> {
  const literal = (value: number | boolean | null): string => (value === null ? "NULL" : String(value));
  const insert = async (name: string, columns: string, rows: readonly (readonly (number | boolean | null)[])[]): Promise<void> => {
    await connection.run(`CREATE TABLE ${id(`rows_${name}`)} (${columns})`);
    await connection.run(`INSERT INTO ${id(`rows_${name}`)} VALUES ${rows.map((row) => `(${row.map(literal).join(",")})`).join(",")}`);
  };
  await insert(
    "accounts",
    `"$ref" INTEGER, country INTEGER`,
    world.accounts.map(({ ref, country }) => [ref, codeOf("accounts.country", country)]),
  );
  await insert(
    "devices",
    `"$ref" INTEGER, account_id INTEGER, model INTEGER, activated_at INTEGER`,
    world.devices.map(({ ref, account, model, minute }) => [ref, account, codeOf("devices.model", model), minute]),
  );
  await insert(
    "attempts",
    `id BIGINT, device_id INTEGER, "at" INTEGER, ok BOOLEAN, retries INTEGER`,
    world.attempts.map(({ device, minute, ok, retries }, index) => [index, device, minute, ok, retries]),
  );
  await connection.run("CREATE TABLE dictionary (tbl VARCHAR, col VARCHAR, code INTEGER, value VARCHAR)");
  for (const [where, values] of Object.entries(dictionary)) {
    const [tbl, col] = where.split(".");
    for (const [index, value] of values.entries())
      await connection.run("INSERT INTO dictionary VALUES (?, ?, ?, ?)", [tbl ?? "", col ?? "", 3 + index, value]);
  }
}

/** Minutes that hold all rows, with room to spare. */
const span = { from: Date.UTC(2026, 7, 1) / 60_000, to: Date.UTC(2027, 0, 1) / 60_000 };

async function fillCells(connection: DuckDBConnection, compiled: CompiledMetrics, name: string, cuboidId: string): Promise<void> {
  const spec = compiled.cells.metrics.find((one) => one.name === name);
  const cuboid = spec?.cuboids.find((one) => one.id === cuboidId);
  if (spec === undefined || cuboid === undefined) throw new Error("bug: no such cuboid");
  const rows = rowsSql({ schema, cells: compiled.cells, metric: spec, grain: cuboid.grain, dimensions: cuboid.dimensions, ...span });
  // Every bound is the exact number here; how the mirror keeps them apart is its own test.
  const bounds = cellMeasures(spec).map((measure) => `${measure.replace(/_(low|high)$/, "_units")} AS ${measure}`);
  const keys = ["bucket", ...cuboid.dimensions.map((_, index) => `d${index}`)];
  const all = `SELECT ${[...keys, ...bounds].join(", ")}, row_number() OVER (ORDER BY ${keys.join(", ")}) AS number FROM (${rows.sql})`;
  for (const [target, rest] of [
    [cellsTable(name, cuboidId), 0],
    [deltaTable(name, cuboidId), 1],
  ] as const) {
    await connection.run(
      `CREATE TABLE ${target} AS SELECT * EXCLUDE number FROM (${all}) WHERE number % 2 = ${rest}`,
      rows.values as DuckDBValue[],
    );
  }
}

/** A live mirror's state at `nowMs`, proven 400 ms ago. */
export function readyStatus(nowMs: number): MirrorStatus {
  const at = (nowMs - 400) * 1000;
  return {
    generation: 1,
    phase: "ready",
    applied: { lsn: lsnFrom(0x1_0000_0010n), at },
    proven: { lsn: lsnFrom(0x1_0000_0010n), at },
    untrusted: [],
    trouble: [],
    loading: [],
    applying: undefined,
    rows: {},
    bytes: 0,
    erasure: { logicalSince: undefined, physicalAt: undefined },
  };
}
