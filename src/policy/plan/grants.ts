/** Column privileges: exactly the declared ones. Rights that come through PUBLIC or a role are not taken away here: findings.ts prints the command. */
import { id, qualified } from "../../source/session.ts";
import type { Planning, PlanStatement } from "../plan.ts";

interface Grant {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
}

export function planGrants(planning: Planning): readonly PlanStatement[] {
  return [
    ...planConnect(planning),
    ...planUsage(planning),
    ...revokeForeign(planning),
    ...planning.granted.flatMap((grant) => planTable(grant, planning)),
  ];
}

function planConnect({ catalog, role, facts }: Planning): readonly PlanStatement[] {
  return facts.canConnect
    ? []
    : [{ sql: `GRANT CONNECT ON DATABASE ${id(catalog.database)} TO ${id(role)}`, why: "The reader connects to this database." }];
}

function planUsage({ granted, role, facts }: Planning): readonly PlanStatement[] {
  const schemas = [...new Set(granted.map((one) => one.schema))].filter((schema) => !facts.usage.includes(schema));
  return schemas.map((schema) => ({
    sql: `GRANT USAGE ON SCHEMA ${id(schema)} TO ${id(role)}`,
    why: "Names in the schema can be used; it gives no right to a table.",
  }));
}

/** Direct rights on tables that the policy does not name. */
function revokeForeign({ granted, role, facts }: Planning): readonly PlanStatement[] {
  const names = new Map(facts.direct.map((one) => [`${one.schema}.${one.table}`, one]));
  return [...names.values()]
    .filter((one) => !granted.some((grant) => grant.schema === one.schema && grant.table === one.table))
    .map((one) => ({ sql: `REVOKE ALL ON TABLE ${qualified(one)} FROM ${id(role)}`, why: "The policy does not name this table." }));
}

function planTable(grant: Grant, planning: Planning): readonly PlanStatement[] {
  const { role, facts, catalog, compiled } = planning;
  const name = `${grant.schema}.${grant.table}`;
  const direct = facts.direct.filter((one) => one.schema === grant.schema && one.table === grant.table);
  const copied = compiled.sourceTables.some((table) => table.schema === grant.schema && table.table === grant.table);
  const extra = direct.some(
    (one) =>
      one.privilege !== "SELECT" || one.column === undefined || !(grant.columns.includes(one.column) || (copied && one.column === "ctid")),
  );
  const has = (column: string): boolean => !extra && direct.some((one) => one.column === column);
  const existing = catalog.tables.find((one) => one.schema === grant.schema && one.table === grant.table);
  const order =
    existing === undefined
      ? grant.columns
      : existing.columns.map((column) => column.name).filter((column) => grant.columns.includes(column));
  const missing = order.filter((column) => !has(column));
  if (copied && (extra || !facts.ctid.includes(name))) missing.unshift("ctid");
  return [
    // A right on the whole table cannot be cut to columns; both statements are in one transaction.
    ...(extra
      ? [
          {
            sql: `REVOKE ALL ON TABLE ${qualified(grant)} FROM ${id(role)}`,
            why: "The role has rights here that the policy does not give.",
          },
        ]
      : []),
    ...(missing.length === 0
      ? []
      : [
          {
            sql: `GRANT SELECT (${missing.map(columnName).join(", ")}) ON TABLE ${qualified(grant)} TO ${id(role)}`,
            why: copied
              ? "The declared columns, and the row's place (ctid), by which the snapshot is cut into ranges."
              : "The values that a rule allows.",
          },
        ]),
  ];
}

/** System columns are written without quotes, as everywhere. */
function columnName(name: string): string {
  return name === "ctid" ? name : id(name);
}
