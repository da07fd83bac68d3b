/**
 * PostgreSQL, beyond the gate: which cluster it is, what a session may read, how many rows have it. The server counts; what comes back is names and
 * numbers. Views and foreign tables are told and not asked: what they do is their author's, and may be on another server.
 */
import type { Depth, Proof } from "../../readable/depth.ts";
import { plantedKind } from "../../readable/planted.ts";
import type { Task } from "../../sql/columns.ts";
import { isCalled } from "../../sql/columns.ts";
import { countTalk, personsTalk, rowsOfPart } from "../../sql/counting.ts";
import { textTalk } from "../../sql/talk.ts";
import type { PgColumn, PgTable } from "./catalog.ts";
import { catalog } from "./catalog.ts";
import { pairsOf, session } from "./session.ts";

/** Nothing but what has the right shape is ever sent, whatever else may lie there. */
const identities: readonly Proof[] = [
  {
    kind: "system-identifier",
    ask: () => session(undefined, textTalk("SELECT system_identifier FROM pg_control_system()", /^\d{10,20}$/)),
  },
  {
    kind: plantedKind,
    ask: () =>
      session(
        undefined,
        textTalk("SELECT value FROM vitrine.canary WHERE value ~ '^vitrine-[0-9a-f]{32}$' LIMIT 1", /^vitrine-[0-9a-f]{32}$/),
      ),
  },
];

/** Of whatever is in it, one name: whoever made it may have chosen it for what it looks like here. */
function quoted(name: string): string {
  if (name.includes("\0")) throw new Error("bug: a name with a zero byte in it");
  return `"${name.replaceAll('"', '""')}"`;
}

function from({ schema, name, isPartitioned }: PgTable): string {
  return `FROM ${isPartitioned ? "" : "ONLY "}${quoted(schema)}.${quoted(name)}`;
}

/** Not `IS NOT NULL`, which of a row is said of each of its columns. Each operator is the server's own, whatever the session's search path. */
function isThere({ column, isText }: PgColumn): string {
  const own = quoted(column);
  return isText ? `(${own} IS DISTINCT FROM NULL AND ${own} OPERATOR(pg_catalog.<>) '')` : `${own} IS DISTINCT FROM NULL`;
}

function countQuery({ table, categories }: Task<PgColumn>, isPart: boolean): string {
  const counted = categories.map(([, columns]) => columns.filter(({ isUncountable }) => isUncountable !== true));
  const conditions = counted.map((columns) => columns.map(isThere).join(" OR ") || "false");
  if (!isPart) {
    const numbers = conditions.map((one) => `pg_catalog.count(*) FILTER (WHERE ${one})`);
    return `SELECT ${["pg_catalog.count(*)", ...numbers].join(", ")} ${from(table)}`;
  }
  const numbers = conditions.map((_, i) => `pg_catalog.count(*) FILTER (WHERE is${i})`);
  const inner = conditions.map((one, i) => `(${one}) AS is${i}`);
  return `SELECT ${["pg_catalog.count(*)", ...numbers].join(", ")} FROM (SELECT ${inner.join(", ")} ${from(table)} LIMIT ${rowsOfPart}) AS part`;
}

/** Each value once, whichever of the tables it is in. */
function personsQuery(columns: readonly PgColumn[], isPart: boolean): string {
  const each = columns.map((column) => {
    const limit = isPart ? ` LIMIT ${rowsOfPart}` : "";
    return `(SELECT ${quoted(column.column)}::pg_catalog.text AS person ${from(column.table)} WHERE ${isThere(column)}${limit})`;
  });
  return `SELECT pg_catalog.count(*) FROM (SELECT DISTINCT person FROM (${each.join(" UNION ALL ")}) AS each) AS persons`;
}

export const depth: Depth<PgColumn> = {
  identities,
  takesLogin: true,
  needsFields: true,
  // As the gate asks: where no database is named, the one that is called as the role is.
  dataSets: (names, user) => pairsOf({ names, user }).map(([, database]) => database),
  fields: (dataSet) => session(dataSet, catalog),
  counts: (dataSet, columns, classified) => session(dataSet, countTalk(columns, classified, countQuery)),
  persons: (dataSet, declared, columns) =>
    session(dataSet, personsTalk(columns, declared, { isUsable: ({ isOfServer }) => isOfServer, query: personsQuery })),
  isCalled,
};
