/** A small world for the mirror's contract: schema, metrics, and what is observed of a mirror, whatever keeps it. */
import type { CellsSpec } from "../../src/mirror/cuboid.ts";
import type { Mirror } from "../../src/mirror/mirror.ts";
import type { SafeSchema } from "../../src/policy/safe.ts";
import { column, key, ref } from "./safe.ts";

export const worldSchema: SafeSchema = {
  policyHash: "world",
  keys: { account: "1" },
  tables: [
    { name: "accounts", kind: "entity", key: "id", columns: [key("id"), column("country", "code")] },
    {
      name: "devices",
      kind: "entity",
      key: "id",
      columns: [
        key("id"),
        ref("account_id", "accounts"),
        column("model", "code"),
        column("activated_at", "minute"),
        column("slots", "i32"),
        column("blurb", "code"),
      ],
    },
    {
      name: "attempts",
      kind: "fact",
      key: "id",
      columns: [
        key("id", "i64"),
        ref("device_id", "devices"),
        column("at", "minute"),
        column("ok", "bool"),
        column("retries", "i32"),
        column("price", "i64", { scale: 2 }),
        column("load", "f64"),
        column("note", "code"),
      ],
    },
    { name: "log", kind: "fact", key: undefined, columns: [column("at", "minute"), ref("device_id", "devices"), column("level", "code")] },
  ],
};

const model = { name: "model", path: { refs: ["device_id"], table: "devices", column: "model", kind: "code" } } as const;
const country = {
  name: "country",
  path: { refs: ["device_id", "account_id"], table: "accounts", column: "country", kind: "code" },
} as const;

/** k = 2 with sets of 8 units, so that a world of ten accounts passes every limit. */
export const worldCells: CellsSpec = {
  zone: "America/New_York",
  k: 2,
  metrics: [
    {
      name: "failures",
      version: "1",
      table: "attempts",
      time: "at",
      filter: [{ column: "note", values: ["real", "other-note"] }],
      hit: [{ column: "ok", values: [false] }],
      dimensions: [
        model,
        country,
        { name: "retries", path: { refs: [], table: "attempts", column: "retries", kind: "i32" } },
        { name: "ok", path: { refs: [], table: "attempts", column: "ok", kind: "bool" } },
      ],
      unitPath: ["device_id", "account_id"],
      cuboids: [
        { id: "hour", grain: "hour", dimensions: [] },
        { id: "day__model", grain: "day", dimensions: [0] },
        { id: "day__country__model", grain: "day", dimensions: [1, 0] },
        { id: "week__country", grain: "week", dimensions: [1] },
        { id: "month__retries__ok", grain: "month", dimensions: [2, 3] },
        { id: "month", grain: "month", dimensions: [] },
      ],
      history: "follow",
    },
    {
      name: "activations",
      version: "1",
      table: "devices",
      time: "activated_at",
      filter: [],
      hit: undefined,
      dimensions: [
        { name: "model", path: { refs: [], table: "devices", column: "model", kind: "code" } },
        { name: "country", path: { refs: ["account_id"], table: "accounts", column: "country", kind: "code" } },
        { name: "slots", path: { refs: [], table: "devices", column: "slots", kind: "i32" } },
      ],
      unitPath: ["account_id"],
      cuboids: [
        { id: "day", grain: "day", dimensions: [] },
        { id: "week__country", grain: "week", dimensions: [1] },
        { id: "month__model__slots", grain: "month", dimensions: [0, 2] },
      ],
      history: "follow",
    },
    {
      name: "lines",
      version: "1",
      table: "log",
      time: "at",
      filter: [],
      hit: undefined,
      dimensions: [{ name: "level", path: { refs: [], table: "log", column: "level", kind: "code" } }],
      unitPath: ["device_id", "account_id"],
      cuboids: [{ id: "day__level", grain: "day", dimensions: [0] }],
      history: "follow",
    },
    {
      name: "prices",
      version: "1",
      table: "attempts",
      time: "at",
      filter: [],
      hit: undefined,
      sum: "price",
      dimensions: [country],
      unitPath: ["device_id", "account_id"],
      cuboids: [
        { id: "day", grain: "day", dimensions: [] },
        { id: "month__country", grain: "month", dimensions: [0] },
        { id: "all__country", grain: "all", dimensions: [0] },
      ],
      history: "follow",
    },
    {
      name: "fleet",
      version: "1",
      table: "devices",
      time: undefined,
      filter: [],
      hit: undefined,
      sum: "slots",
      dimensions: [{ name: "country", path: { refs: ["account_id"], table: "accounts", column: "country", kind: "code" } }],
      unitPath: ["account_id"],
      cuboids: [
        { id: "all", grain: "all", dimensions: [] },
        { id: "all__country", grain: "all", dimensions: [0] },
      ],
      history: "follow",
    },
  ],
  daySets: [
    {
      name: "active",
      version: "1",
      table: "attempts",
      time: "at",
      filter: [{ column: "note", values: ["real", "other-note"] }],
      of: "device_id",
    },
    { name: "logged", version: "1", table: "log", time: "at", filter: [], of: "device_id" },
  ],
  entityColumns: [
    {
      entity: "devices",
      paths: [{ refs: ["account_id"], table: "accounts", column: "country", kind: "code" }],
      columns: ["activated_at"],
    },
  ],
  memberSets: [
    { name: "failing", version: "1", table: "attempts", filter: [{ column: "ok", values: [false] }], of: "device_id" },
    { name: "owners", version: "1", table: "devices", filter: [], of: "account_id" },
  ],
};

/**
 * What can be seen of a mirror: rows as texts, sorted; cells by `bucket|dimension texts` with counts, sums and verdicts; members of
 * day sets by day, of member sets under `all`.
 */
export interface Observed {
  readonly rows: Readonly<Record<string, readonly string[]>>;
  readonly cells: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly sets: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

/** One mirror under test. `reopen` closes it (or not, for a crash) and opens what is left. */
export interface Subject {
  readonly mirror: Mirror;
  observe(): Promise<Observed>;
  reopen(): Promise<Subject>;
  /** What the mirror itself finds wrong with its cells. */
  mismatches(): Promise<number>;
}

export interface SubjectOptions {
  readonly cells?: CellsSpec;
  /** Bytes of changes held before they are applied inside the open transaction. */
  readonly pendingBytesMax?: number;
  readonly idleWalBytes?: number;
}

export type OpenSubject = (options?: SubjectOptions) => Promise<Subject>;
