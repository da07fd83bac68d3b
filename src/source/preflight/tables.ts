/** The declared tables: there, of a kind that can be followed, with an identity that can be published. */
import type { ErrorCode } from "../../model/error-codes.ts";
import type { Catalog, CatalogTable } from "../catalog.ts";
import { id, qualified } from "../names.ts";
import type { Finding, PreflightWish, WishedTable } from "./finding.ts";
import { finding } from "./finding.ts";

export function tableFindings(catalog: Catalog, wish: PreflightWish, table: WishedTable): readonly Finding[] {
  const name = `${table.schema}.${table.table}`;
  const found = catalog.tables.find((one) => one.schema === table.schema && one.table === table.table);
  if (found === undefined) {
    const near = catalog.allTables.filter((one) => one.endsWith(`.${table.table}`));
    const message = `The table ${name} does not exist${near.length > 0 ? ` (there is ${near.join(", ")})` : ""}.`;
    return [
      finding("cannot-work", "source/table-missing", {
        place: name,
        message,
        remedy: "Name the table in vitrine.yaml as it is called in the source",
      }),
    ];
  }
  if (found.kind !== "r" && found.kind !== "p") {
    return [
      finding("cannot-work", "source/table-kind", {
        place: name,
        message: `${name} is no ordinary or partitioned table.`,
        remedy: "Name a table in vitrine.yaml",
      }),
    ];
  }
  return [
    ...columnFindings(found, table),
    ...heirFindings(found),
    ...storageFindings(found),
    ...identityFindings(found, table),
    ...rowSecurityFindings(found, wish, catalog.role?.memberOf ?? []),
  ];
}

function columnFindings(found: CatalogTable, table: WishedTable): readonly Finding[] {
  const names = new Set(found.columns.map((column) => column.name));
  return table.columns
    .filter((column) => !names.has(column))
    .map((column) => {
      const place = `${found.schema}.${found.table}.${column}`;
      return finding("cannot-work", "source/column-missing", {
        place,
        message: `The column ${place} does not exist.`,
        remedy: "Name the column in vitrine.yaml as it is called in the source, or take it out",
      });
    });
}

/** A query of the table reads the rows of what inherits from it as well; the snapshot and the stream of it do not have them. */
function heirFindings(found: CatalogTable): readonly Finding[] {
  return (found.heirs ?? []).map((heir) => {
    const place = `${found.schema}.${found.table}`;
    return finding("cannot-work", "source/table-kind", {
      place,
      message: `${heir} inherits from ${place}: a query of that reads its rows as well, and the copy would not have them.`,
      remedy: `ALTER TABLE ${heir} NO INHERIT ${qualified(found)}`,
    });
  });
}

function storageFindings(found: CatalogTable): readonly Finding[] {
  const parts = [{ schema: found.schema, table: found.table, kind: found.kind, persistence: found.persistence }, ...found.leaves];
  return parts.flatMap((part) => {
    const place = `${part.schema}.${part.table}`;
    if (part.kind === "f") {
      const message = `The partition ${place} is a foreign table: its changes are never in the stream.`;
      return [
        finding("cannot-work", "source/partition-foreign", {
          place,
          message,
          remedy: `ALTER TABLE ${qualified(found)} DETACH PARTITION ${qualified(part)}`,
        }),
      ];
    }
    if (part.persistence === "p") return [];
    const message = `${place} is UNLOGGED or temporary: its changes are never in the stream.`;
    return [finding("cannot-work", "source/unlogged", { place, message, remedy: `ALTER TABLE ${qualified(part)} SET LOGGED` })];
  });
}

/** Before anything is published: such a table's UPDATEs and DELETEs would fail on the source, not here. */
function identityFindings(found: CatalogTable, table: WishedTable): readonly Finding[] {
  if (table.key === undefined) return [];
  const place = `${found.schema}.${found.table}`;
  const breaks = (code: ErrorCode, message: string, remedy: string): readonly Finding[] => [
    finding("breaks-production-writes", code, { place, message, remedy }),
  ];
  if (found.replicaIdentity === "f") {
    return breaks(
      "source/identity-full",
      `${place} has REPLICA IDENTITY FULL: with a column list every UPDATE and DELETE on it would fail.`,
      `ALTER TABLE ${qualified(found)} REPLICA IDENTITY DEFAULT`,
    );
  }
  if (found.replicaIdentity === "n") {
    return breaks(
      "source/identity-none",
      `${place} has REPLICA IDENTITY NOTHING: every UPDATE and DELETE on it would fail.`,
      `ALTER TABLE ${qualified(found)} REPLICA IDENTITY DEFAULT`,
    );
  }
  if (found.identityColumns.length === 0) {
    return breaks(
      "source/identity-none",
      `${place} has no primary key: every UPDATE and DELETE on it would fail.`,
      `ALTER TABLE ${qualified(found)} ADD PRIMARY KEY (${id(table.key)}), or say append_only: true in vitrine.yaml`,
    );
  }
  const missing = found.identityColumns.filter((column) => !table.columns.includes(column));
  if (missing.length > 0) {
    return breaks(
      "source/identity-not-declared",
      `${missing.join(", ")} of ${place}'s replica identity would not be published: every UPDATE and DELETE on it would fail.`,
      "Run again: vitrine plan, then vitrine apply",
    );
  }
  const generated = found.identityColumns.filter((column) => (found.columns.find((one) => one.name === column)?.generated ?? "") !== "");
  if (generated.length > 0) {
    return breaks(
      "source/identity-not-declared",
      `${generated.join(", ")} of ${place}'s replica identity is a generated column, which is not published: every UPDATE and DELETE on it would fail.`,
      `ALTER TABLE ${qualified(found)} REPLICA IDENTITY USING INDEX an_index_without_it`,
    );
  }
  return [];
}

function rowSecurityFindings(found: CatalogTable, wish: PreflightWish, memberOf: readonly string[]): readonly Finding[] {
  if (!found.rowSecurity || wish.stage === "plan") return [];
  const place = `${found.schema}.${found.table}`;
  const mine = new Set(["public", wish.role, ...memberOf]);
  const applies = found.policies
    .filter((policy) => policy.command === "r" || policy.command === "*")
    .filter((policy) => policy.roles.some((role) => mine.has(role)));
  const restrictive = applies.filter((policy) => !policy.permissive);
  if (restrictive.length > 0) {
    const message = `The restrictive policy ${restrictive.map((one) => one.name).join(", ")} hides rows of ${place} from ${wish.role}.`;
    return [
      finding("cannot-work", "source/row-security", {
        place,
        message,
        remedy: `ALTER POLICY ${id(restrictive[0]?.name ?? "")} ON ${qualified(found)} TO the_roles_that_it_is_for`,
      }),
    ];
  }
  if (applies.some((policy) => policy.using === "true")) return [];
  const message = `Row-level security is on for ${place} and no policy lets ${wish.role} see all rows.`;
  return [
    finding("cannot-work", "source/row-security", {
      place,
      message,
      remedy: `CREATE POLICY vitrine_reader ON ${qualified(found)} FOR SELECT TO ${id(wish.role)} USING (true); or: vitrine apply`,
    }),
  ];
}
