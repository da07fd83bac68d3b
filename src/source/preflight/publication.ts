/** The publications and the way to the server. */
import type { Catalog } from "../catalog.ts";
import { id } from "../names.ts";
import type { Finding, PreflightWish, WishedTable } from "./finding.ts";
import { finding } from "./finding.ts";

export function publicationFindings(catalog: Catalog, wish: PreflightWish): readonly Finding[] {
  if (wish.stage === "plan") return [];
  const out: Finding[] = [];
  const parts = [
    { name: wish.publication, publishes: "insert,update,delete,truncate", tables: wish.tables.filter((table) => table.key !== undefined) },
    { name: wish.appendPublication, publishes: "insert", tables: wish.tables.filter((table) => table.key === undefined) },
  ];
  for (const part of parts) {
    const differs = publicationDifference(catalog, part);
    if (differs !== undefined) {
      out.push(
        finding("cannot-work", "source/publication-differs", {
          place: part.name,
          message: `The publication ${part.name} ${differs}.`,
          remedy: "VITRINE_ADMIN_URL=… vitrine apply",
        }),
      );
    }
  }
  const wished = new Set(wish.tables.map((table) => `${table.schema}.${table.table}`));
  for (const other of catalog.publications.filter((one) => parts.every((part) => part.name !== one.name))) {
    if (!other.allTables && !other.tables.some((table) => wished.has(`${table.schema}.${table.table}`))) continue;
    const message = `The publication ${other.name} contains a mirrored table: this credential could read what it publishes.`;
    out.push(
      finding("weakens-privacy", "source/publication-other", {
        place: other.name,
        message,
        remedy: `DROP PUBLICATION ${id(other.name)}, if nobody needs it`,
        blocking: false,
      }),
    );
  }
  return out;
}

function publicationDifference(
  catalog: Catalog,
  part: { readonly name: string; readonly publishes: string; readonly tables: readonly WishedTable[] },
): string | undefined {
  const found = catalog.publications.find((one) => one.name === part.name);
  if (found === undefined) return part.tables.length === 0 ? undefined : "does not exist";
  if (part.tables.length === 0) return undefined;
  if (found.allTables) return "is FOR ALL TABLES";
  if (found.schemas.length > 0) return "has TABLES IN SCHEMA";
  if (!found.viaRoot) return "has not publish_via_partition_root";
  if (found.publishes !== part.publishes) return "publishes other operations";
  for (const table of part.tables) {
    const name = `${table.schema}.${table.table}`;
    const there = found.tables.find((one) => one.schema === table.schema && one.table === table.table);
    if (there === undefined) return `lacks ${name}`;
    if (there.filter !== undefined) return `filters rows of ${name}`;
    if (there.columns.toSorted().join("\0") !== table.columns.toSorted().join("\0")) return `has another column list for ${name}`;
  }
  return found.tables.length > part.tables.length ? "has a table that the policy does not name" : undefined;
}

export function connectionFindings(wish: PreflightWish): readonly Finding[] {
  const out: Finding[] = [];
  if (wish.connection.pooled) {
    out.push(
      finding("cannot-work", "source/pooler", {
        place: "connection",
        message: "There is a connection pooler or load balancer in between: slots and exported snapshots break behind one.",
        remedy: "Give the server's own address in VITRINE_SOURCE_URL",
      }),
    );
  }
  if (!wish.connection.loopback && !wish.connection.tlsVerified) {
    out.push(
      finding("weakens-privacy", "source/tls-off", {
        place: "connection",
        message: "The connection to the source is not encrypted or not verified.",
        remedy: "Add sslmode=verify-full to VITRINE_SOURCE_URL",
        blocking: false,
      }),
    );
  }
  return out;
}
