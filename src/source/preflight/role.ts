/** The reader's role: what it lacks, what it may too much. */
import type { Catalog, CatalogRole } from "../catalog.ts";
import { id, qualified } from "../names.ts";
import { revokeCommand } from "../revoke.ts";
import type { Finding, PreflightWish } from "./finding.ts";
import { finding } from "./finding.ts";

/** PostgreSQL's own roles that lead to rows: directly, by files and programs of the server, or by the statements of other sessions. */
const strongRoles: ReadonlySet<string> = new Set([
  "pg_read_all_data",
  "pg_write_all_data",
  "pg_read_server_files",
  "pg_write_server_files",
  "pg_execute_server_program",
  "pg_monitor",
  "pg_read_all_stats",
]);

export function roleFindings(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  const role = catalog.role;
  const place = wish.role;
  if (role === undefined) {
    return wish.stage === "plan"
      ? []
      : [
          finding("cannot-work", "source/role-missing", {
            place,
            message: `The role ${wish.role} does not exist.`,
            remedy: "VITRINE_ADMIN_URL=… vitrine apply",
          }),
        ];
  }
  const out: Finding[] = [];
  if (!role.replication && wish.stage === "start") {
    out.push(
      finding("cannot-work", "source/role-no-replication", {
        place,
        message: `${wish.role} has not the attribute REPLICATION.`,
        remedy: `ALTER ROLE ${id(wish.role)} REPLICATION`,
      }),
    );
  }
  const strong = [
    role.superuser ? "SUPERUSER" : "",
    role.bypassRls ? "BYPASSRLS" : "",
    role.createRole === true ? "CREATEROLE" : "",
    ...role.memberOf.filter((one) => strongRoles.has(one)),
  ].filter((one) => one !== "");
  if (strong.length > 0) {
    const attributes = strong.filter((one) => one === one.toUpperCase()).map((one) => `NO${one}`);
    const remedy = [
      attributes.length > 0 ? `ALTER ROLE ${id(wish.role)} ${attributes.join(" ")}` : "",
      ...strong.filter((one) => one !== one.toUpperCase()).map((one) => `REVOKE ${one} FROM ${id(wish.role)}`),
    ]
      .filter((one) => one !== "")
      .join("; ");
    out.push(
      finding("weakens-privacy", "source/role-too-strong", {
        place,
        message: `${wish.role} can read what the policy does not name: ${strong.join(", ")}.`,
        remedy,
      }),
    );
  }
  return [...out, ...grantFindings(catalog, wish)];
}

function usageFindings(role: CatalogRole, wish: PreflightWish): readonly Finding[] {
  const missing = [...new Set(wish.tables.map((table) => table.schema))].filter((schema) => role.usage?.includes(schema) === false);
  return missing.map((schema) =>
    finding("cannot-work", "source/schema-usage-missing", {
      place: schema,
      message: `${wish.role} may not use the schema ${schema}.`,
      remedy: `GRANT USAGE ON SCHEMA ${id(schema)} TO ${id(wish.role)}; or: vitrine apply`,
    }),
  );
}

/** Columns that are read for a rule and not mirrored: without them the reader could not start, either. */
function ruleColumns(wish: PreflightWish): readonly Pick<PreflightWish["tables"][number], "schema" | "table" | "columns">[] {
  return (wish.alsoReadable ?? []).flatMap((place) => {
    const [schema, table, column] = place.split(".");
    if (schema === undefined || table === undefined || column === undefined) return [];
    const isMirrored = wish.tables.some((one) => one.schema === schema && one.table === table && one.columns.includes(column));
    return isMirrored ? [] : [{ schema, table, columns: [column] }];
  });
}

function grantFindings(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  const role = catalog.role;
  if (role === undefined || role.superuser) return [];
  const out: Finding[] = [];
  const wished = new Map(wish.tables.map((table) => [`${table.schema}.${table.table}`, table]));
  const readable = new Set(role.selects.filter((one) => one.usable !== false).map((one) => `${one.schema}.${one.table}.${one.column}`));
  if (wish.stage === "start") {
    out.push(...usageFindings(role, wish));
    for (const table of [...wish.tables, ...ruleColumns(wish)]) {
      for (const column of table.columns) {
        const place = `${table.schema}.${table.table}.${column}`;
        if (readable.has(place)) continue;
        out.push(
          finding("cannot-work", "source/grant-missing", {
            place,
            message: `${wish.role} may not read ${place}.`,
            remedy: `GRANT SELECT (${id(column)}) ON ${qualified(table)} TO ${id(wish.role)}; or: vitrine apply`,
          }),
        );
      }
    }
  }
  for (const granted of role.selects) {
    const table = wished.get(`${granted.schema}.${granted.table}`);
    if (
      table?.columns.includes(granted.column) === true ||
      wish.alsoReadable?.includes(`${granted.schema}.${granted.table}.${granted.column}`) === true
    )
      continue;
    const place = `${granted.schema}.${granted.table}.${granted.column}`;
    const message = `${wish.role} may read ${place}, which the policy does not let out (through ${granted.via.join(", ")}).`;
    out.push(
      finding("weakens-privacy", "source/grant-extra", {
        place,
        message,
        remedy: granted.via.map((via) => revokeCommand(granted, via, wish.role)).join("; "),
        blocking: false,
      }),
    );
  }
  for (const granted of role.writes) {
    const place = `${granted.schema}.${granted.table}`;
    out.push(
      finding("weakens-privacy", "source/role-writes", {
        place,
        message: `${wish.role} may ${granted.privilege} on ${place}.`,
        remedy: `REVOKE ${granted.privilege} ON ${qualified(granted)} FROM ${id(wish.role)}, PUBLIC`,
        blocking: false,
      }),
    );
  }
  const owned = catalog.tables.filter((table) => table.owner === wish.role);
  for (const table of owned) {
    const place = `${table.schema}.${table.table}`;
    out.push(
      finding("weakens-privacy", "source/role-owns-table", {
        place,
        message: `${wish.role} owns ${place}: an owner reads everything in it.`,
        remedy: `ALTER TABLE ${qualified(table)} OWNER TO another_role`,
      }),
    );
  }
  return out;
}
