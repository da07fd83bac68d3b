/**
 * MySQL and MariaDB, beyond the gate: which server it is, what a session may read, how many rows have it. The server counts; what comes back is names
 * and numbers. Views, and tables of engines that lead elsewhere, are told and not asked.
 */
import type { Depth, Proof } from "../../readable/depth.ts";
import { plantedKind } from "../../readable/planted.ts";
import type { Table, Task } from "../../sql/columns.ts";
import { isCalled } from "../../sql/columns.ts";
import { countTalk, personsTalk, rowsOfPart } from "../../sql/counting.ts";
import { textTalk } from "../../sql/talk.ts";
import type { MyColumn } from "./catalog.ts";
import { catalog } from "./catalog.ts";
import { bounded, session } from "./session.ts";

/** Made by MySQL when it is first started. MariaDB has `server_uid`, which is made of a card's address and the port: in containers many have the same. */
const uuid = bounded("@@server_uuid AS id");
/** Nothing but what has the right shape is ever sent, whatever else may lie there. */
const planted = bounded("value FROM vitrine.canary WHERE value REGEXP '^vitrine-[0-9a-f]{32}$' LIMIT 1");

const identities: readonly Proof[] = [
  { kind: "server-uuid", ask: () => session(undefined, textTalk(uuid, /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)) },
  { kind: plantedKind, ask: () => session(undefined, textTalk(planted, /^vitrine-[0-9a-f]{32}$/)) },
];

/** Of whatever is in it, one name: whoever made it may have chosen it for what it looks like here. A zero byte ends nothing in this protocol. */
function quoted(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

function from({ schema, name }: Table): string {
  return `FROM ${quoted(schema)}.${quoted(name)}`;
}

function isThere({ column, isText }: MyColumn): string {
  const own = quoted(column);
  return isText ? `(${own} IS NOT NULL AND ${own} <> '')` : `${own} IS NOT NULL`;
}

/** Short names of what is counted: a column's own would be sent back with the number. */
function countQuery({ table, categories }: Task<MyColumn>, isPart: boolean): string {
  const conditions = categories.map(
    ([, columns]) =>
      columns
        .filter(({ isUncountable }) => isUncountable !== true)
        .map(isThere)
        .join(" OR ") || "FALSE",
  );
  const number = (condition: string, i: number): string => `COUNT(CASE WHEN ${condition} THEN 1 END) AS n${i}`;
  if (!isPart) return bounded(`${["COUNT(*) AS n", ...conditions.map(number)].join(", ")} ${from(table)}`);
  const inner = ["1 AS one", ...conditions.map((one, i) => `(${one}) AS is${i}`)].join(", ");
  const outer = ["COUNT(*) AS n", ...conditions.map((_, i) => number(`is${i}`, i))].join(", ");
  return bounded(`${outer} FROM (SELECT ${inner} ${from(table)} LIMIT ${rowsOfPart}) AS part`);
}

/** Each value once, byte by byte, whichever of the tables it is in and whatever character set. */
function personsQuery(columns: readonly MyColumn[], isPart: boolean): string {
  const each = columns.map((column, i) => {
    const own = quoted(column.column);
    const bytes = column.isBinary ? own : `CAST(CONVERT(${own} USING utf8mb4) AS BINARY)`;
    const limit = isPart ? ` LIMIT ${rowsOfPart}` : "";
    return `SELECT e${i}.person FROM (SELECT ${bytes} AS person ${from(column.table)} WHERE ${isThere(column)}${limit}) AS e${i}`;
  });
  return bounded(`COUNT(DISTINCT person) AS n FROM (${each.join(" UNION ALL ")}) AS each_one`);
}

export const depth: Depth<MyColumn> = {
  identities,
  needsFields: true,
  fields: (dataSet) => session(dataSet, catalog(dataSet)),
  counts: (dataSet, columns, classified) => session(dataSet, countTalk(columns, classified, countQuery)),
  persons: (dataSet, declared, columns) => session(dataSet, personsTalk(columns, declared, { isUsable: () => true, query: personsQuery })),
  isCalled,
};
