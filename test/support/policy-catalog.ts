/** A catalog out of a few words, for tests of what policy makes of one. */
import type { Catalog, CatalogColumn, CatalogTable } from "../../src/source/catalog.ts";

const types: Record<string, readonly [oid: number, name: string, kind?: string]> = {
  bool: [16, "boolean"],
  int4: [23, "integer"],
  int8: [20, "bigint"],
  float8: [701, "double precision"],
  numeric: [1700, "numeric"],
  text: [25, "text"],
  varchar: [1043, "character varying"],
  bpchar: [1042, "character"],
  uuid: [2950, "uuid"],
  timestamptz: [1184, "timestamp with time zone"],
  timestamp: [1114, "timestamp without time zone"],
  date: [1082, "date"],
  jsonb: [3802, "jsonb"],
  bytea: [17, "bytea"],
  enum: [16_400, "public.mood", "e"],
  array: [1009, "text[]"],
};

interface TableWords {
  /** name: type; `numeric:10,2` for a precision. */
  readonly columns: Readonly<Record<string, string>>;
  readonly identity?: readonly string[];
  readonly more?: Partial<CatalogTable>;
}

export function policyCatalog(tables: Readonly<Record<string, TableWords>>, more: Partial<Catalog> = {}): Catalog {
  return {
    version: 180_004,
    systemIdentifier: "1",
    timeline: 1,
    database: "shop",
    inRecovery: false,
    walLevel: "logical",
    maxSlots: 10,
    slots: [],
    maxSenders: 10,
    senders: 0,
    maxSlotWalKeepMb: 1024,
    tables: Object.entries(tables).map(([name, words], index) => catalogTable(name, words, index)),
    allTables: Object.keys(tables),
    publications: [],
    role: undefined,
    ...more,
  };
}

function catalogTable(name: string, { columns, identity, more }: TableWords, index: number): CatalogTable {
  const [schema = "", table = ""] = name.split(".");
  return {
    schema,
    table,
    oid: 20_000 + index,
    kind: "r",
    persistence: "p",
    replicaIdentity: "d",
    identityColumns: identity ?? ["id"],
    owner: "shop",
    rowSecurity: false,
    policies: [],
    columns: Object.entries(columns).map(([column, type], i) => catalogColumn(column, type, i)),
    leaves: [],
    rows: 1_000,
    bytes: 65_536,
    ...more,
  };
}

function catalogColumn(name: string, words: string, index: number): CatalogColumn {
  const [type = "", precision] = words.split(":");
  const known = types[type];
  if (known === undefined) throw new Error(`no type ${type} in the test's catalog`);
  const [p = 0, s = 0] = (precision ?? "").split(",").map(Number);
  return {
    name,
    attnum: index + 1,
    typeOid: known[0],
    typeName: known[1],
    typeKind: known[2] ?? "b",
    typmod: precision === undefined ? -1 : ((p << 16) | s) + 4,
    notNull: false,
    generated: "",
    toastable: ["text", "varchar", "jsonb", "bytea"].includes(type),
  };
}
