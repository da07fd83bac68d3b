/** The one row of a store's control table: everything about it that is not rows, words or cells. Written with them. */
import { VitrineError } from "../../model/error.ts";
import { lsnFrom } from "../../model/lsn.ts";
import type { ColumnTrouble, Micros, SafeSchema, SourceSizes } from "../../policy/safe.ts";
import { controlTable, storeVersion } from "../layout.ts";
import type { KeptHistory } from "../history.ts";
import type { MirrorStatus } from "../mirror.ts";
import type { Connection } from "./engine.ts";

export type Untrusted = MirrorStatus["untrusted"][number];

export interface Control {
  readonly phase: MirrorStatus["phase"];
  readonly schema: SafeSchema | undefined;
  /** As the reader told them when the copy was begun. */
  readonly sizes: SourceSizes | undefined;
  readonly applied: MirrorStatus["applied"];
  readonly proven: MirrorStatus["proven"];
  /** Opaque JSON of the reader. */
  readonly epoch: string | undefined;
  /** What the reader's epoch found. */
  readonly broken: readonly Untrusted[];
  /** What the mirror found itself; only a new generation mends it. */
  readonly faults: readonly Untrusted[];
  readonly trouble: readonly ColumnTrouble[];
  readonly rows: Readonly<Record<string, number>>;
  /** By metric: what its cells were built for, and the cuboids that there are. */
  readonly built: Readonly<Record<string, { readonly meaning: string; readonly cuboids: readonly string[] }>>;
  /** By day set: what its stored words mean. */
  readonly sets: Readonly<Record<string, string>>;
  /** By metric: cuboids that got too many cells while they were built. */
  readonly givenUp: Readonly<Record<string, readonly string[]>>;
  /** By metric: what was carried over from the generation before. */
  readonly history: Readonly<Record<string, KeptHistory>>;
  /** Rises with every transaction that writes more than this row. */
  readonly contents: number;
  readonly erasure: { readonly logicalSince: Micros | undefined; readonly physicalAt: Micros | undefined };
}

export const emptyControl: Control = {
  phase: "empty",
  schema: undefined,
  sizes: undefined,
  applied: undefined,
  proven: undefined,
  epoch: undefined,
  broken: [],
  faults: [],
  trouble: [],
  rows: {},
  built: {},
  sets: {},
  givenUp: {},
  history: {},
  contents: 0,
  erasure: { logicalSince: undefined, physicalAt: undefined },
};

export const createControl = `CREATE TABLE ${controlTable} (version INTEGER, state VARCHAR)`;

/** JSON knows neither bigint nor undefined: positions are decimal texts, what is absent is left out. */
export function controlText(control: Control): string {
  return JSON.stringify(control, (_key, value: unknown) => (typeof value === "bigint" ? { lsn: value.toString() } : value));
}

export function parseControl(text: string): Control {
  const parsed: unknown = JSON.parse(text, (_key, value: unknown) => {
    const holds =
      typeof value === "object" && value !== null && "lsn" in value && typeof value.lsn === "string" && Object.keys(value).length === 1;
    return holds ? lsnFrom(BigInt(String(value.lsn))) : value;
  });
  return { ...emptyControl, ...(parsed as Partial<Control>) }; // eslint-disable-line -- our own text
}

/** Reads the control row. Throws mirror/store-version, or mirror/store-damaged where there is none. */
export async function readControl(connection: Connection): Promise<Control> {
  const tables = await connection.rows("SELECT table_name FROM duckdb_tables() WHERE table_name = 'control'");
  if (tables.length === 0) throw damaged();
  const rows = await connection.rows(`SELECT version, state FROM ${controlTable}`);
  const row = rows[0];
  if (rows.length !== 1 || row === undefined) throw damaged();
  if (row["version"] !== storeVersion) {
    throw new VitrineError("mirror/store-version", {
      message: `The store has version ${Number(row["version"])}; this program knows version ${storeVersion}.`,
    });
  }
  return parseControl(String(row["state"]));
}

export async function writeControl(connection: Connection, control: Control): Promise<void> {
  await connection.run(`UPDATE ${controlTable} SET state = ?`, [controlText(control)]);
}

function damaged(): VitrineError {
  return new VitrineError("mirror/store-damaged", { message: "The store's control table is missing or not of one row." });
}
