/** What differs between two epochs, with what it means and what mends it. Pure. */
import { id, qualified } from "../names.ts";
import { compareRoles } from "./compare-roles.ts";
import type { EpochDifference } from "./difference.ts";
import { apply, command, data, privacy, rebuild, verify } from "./difference.ts";
import type { Epoch, EpochGrant, EpochLeaf, EpochPublication, EpochTable } from "./schema.ts";

/** Empty when nothing differs. */
export function compareEpochs(stored: Epoch, now: Epoch): readonly EpochDifference[] {
  const server = compareServers(stored, now);
  // Of another cluster or database, nothing else can be compared.
  if (server.some((one) => one.reason === "system-replaced")) return server;
  const tables = stored.tables.flatMap((table) => {
    const other = now.tables.find((one) => one.name === table.name);
    return other === undefined ? [] : compareTables({ stored, now, table, other });
  });
  return [...server, ...tables, ...extraPublished(now), ...compareRoles(stored, now)];
}

/**
 * `stored`, with those of the named tables (none: all) taken over from `verified` whose rows were found equal at the position of
 * that reading. A table stays as it was where more differs than a comparison of rows can settle.
 */
export function acceptVerified(stored: Epoch, verified: Epoch, names: readonly string[]): Epoch {
  const differences = compareEpochs(stored, verified).filter((one) => one.concerns === "data");
  const settled = (table: EpochTable): boolean =>
    (names.length === 0 || names.includes(table.name)) &&
    differences.every((one) => (one.table !== table.name && one.table !== "*") || one.mend.tag === "verify");
  const accepted = new Map(verified.tables.filter(settled).map((table) => [table.name, table]));
  return { ...stored, tables: stored.tables.map((table) => accepted.get(table.name) ?? table) };
}

/**
 * What the role may do beyond `granted` on the tables that are named there is no part of the epoch to keep: so it is said of every
 * copy, also of one that was begun after it was granted.
 */
export function withoutUndeclared(
  epoch: Epoch,
  granted: readonly { readonly schema: string; readonly table: string; readonly columns: readonly string[] }[],
): Epoch {
  const isPolicy = (grant: EpochGrant): boolean => {
    const table = granted.find((one) => one.schema === grant.schema && one.table === grant.table);
    if (table === undefined) return true;
    return grant.privilege === "SELECT" && grant.column !== null && (grant.column === "ctid" || table.columns.includes(grant.column));
  };
  return { ...epoch, role: { ...epoch.role, grants: epoch.role.grants.filter(isPolicy) } };
}

function compareServers(stored: Epoch, now: Epoch): EpochDifference[] {
  if (stored.systemIdentifier !== now.systemIdentifier) {
    return [data("*", "system-replaced", "The source is another database cluster than the one that was copied.", rebuild)];
  }
  if (stored.database.oid !== now.database.oid) {
    return [data("*", "system-replaced", `The database ${now.database.name} is another one than the one that was copied.`, rebuild)];
  }
  if (stored.timeline !== now.timeline) {
    const message = `The source went from timeline ${stored.timeline} to ${now.timeline} (a standby took over, or a backup was restored): the copy may hold what the source never had.`;
    return [data("*", "timeline-changed", message, rebuild)];
  }
  return [];
}

interface Pair {
  readonly stored: Epoch;
  readonly now: Epoch;
  readonly table: EpochTable;
  readonly other: EpochTable;
}

function compareTables(pair: Pair): EpochDifference[] {
  const { table, other } = pair;
  const name = `${other.schema}.${other.table}`;
  if (other.oid === null) {
    return table.oid === null
      ? []
      : [data(table.name, "table-missing", `The table ${name} is gone or renamed.`, command("Mend vitrine.yaml, then: vitrine apply"))];
  }
  const replaced = table.oid !== other.oid || table.kind !== other.kind;
  return [
    ...(replaced ? [data(table.name, "table-replaced", `The table ${name} is another one than before.`, rebuild)] : []),
    ...comparePublished(pair),
    ...compareIdentity(table, other),
    ...compareColumns(table, other),
    ...compareRowSecurity(pair),
    ...(replaced ? [] : compareStorage(table, other)),
  ];
}

function comparePublished({ stored, now, table, other }: Pair): EpochDifference[] {
  const found = table.members.flatMap((member): EpochDifference[] => {
    const before = stored.publications.find((one) => one.name === member.publication);
    const after = now.publications.find((one) => one.name === member.publication);
    const again = other.members.find((one) => one.publication === member.publication);
    if (after === undefined || again === undefined) {
      const message = `The table ${other.schema}.${other.table} is no longer in the publication ${member.publication}: its changes do not arrive.`;
      return [data(table.name, "table-not-published", message, apply)];
    }
    const changed = before === undefined ? [] : comparePublications(table.name, before, after);
    if (member.columns.join() !== again.columns.join()) {
      const message = `The columns of ${other.schema}.${other.table} in the publication ${member.publication} are others than declared.`;
      return [...changed, data(table.name, "column-list-changed", message, apply)];
    }
    if (member.filtered !== again.filtered) {
      const message = `The publication ${member.publication} now filters rows of ${other.schema}.${other.table}.`;
      return [...changed, data(table.name, "publication-changed", message, apply)];
    }
    if (member.oid !== again.oid) {
      const message = `The table ${other.schema}.${other.table} was taken out of the publication ${member.publication} and put back: what changed in between is missing.`;
      return [...changed, data(table.name, "publication-changed", message, rebuild)];
    }
    return changed;
  });
  // A new membership of a table that was in none: nothing of it was streamed before.
  const isNew = table.members.length === 0 && other.members.length > 0;
  return isNew
    ? [data(table.name, "publication-changed", `The table ${other.schema}.${other.table} is published only now.`, rebuild)]
    : found;
}

/** Its rows go over the wire to the reader, which drops them unread: whoever has the credential would not. */
function extraPublished(now: Epoch): EpochDifference[] {
  return now.publications.flatMap((publication) =>
    (publication.others ?? []).map((name) =>
      privacy(name, "publication-extra", `The publication ${publication.name} publishes ${name}, which the policy does not name.`, apply),
    ),
  );
}

function comparePublications(table: string, before: EpochPublication, after: EpochPublication): EpochDifference[] {
  if (before.oid === after.oid && before.xmin === after.xmin) return [];
  const same = before.viaRoot === after.viaRoot && before.publishes === after.publishes && before.allTables === after.allTables;
  const message = same
    ? `The publication ${after.name} was changed and changed back, or made anew: changes in between may be missing.`
    : `The publication ${after.name} publishes (${after.publishes}${after.viaRoot ? "" : ", not by the root of partitioned tables"}), which is not what it was.`;
  return [data(table, "publication-changed", message, same ? rebuild : apply)];
}

function compareIdentity(table: EpochTable, other: EpochTable): EpochDifference[] {
  if (table.replicaIdentity === other.replicaIdentity && table.identityColumns.join() === other.identityColumns.join()) return [];
  const name = `${other.schema}.${other.table}`;
  const command_ = command(`ALTER TABLE ${qualified(other)} REPLICA IDENTITY DEFAULT`);
  if (other.replicaIdentity === "f") {
    const message = `${name} has REPLICA IDENTITY FULL: with the publication's column list every UPDATE and DELETE on the source fails now.`;
    return [data(table.name, "replica-identity-changed", message, command_)];
  }
  if (other.replicaIdentity === "n" || other.identityColumns.length === 0) {
    const message = `${name} has no replica identity any more: UPDATE and DELETE on the source fail now.`;
    return [data(table.name, "replica-identity-changed", message, command_)];
  }
  return [
    data(table.name, "replica-identity-changed", `The replica identity of ${name} is now (${other.identityColumns.join(", ")}).`, rebuild),
  ];
}

function compareColumns(table: EpochTable, other: EpochTable): EpochDifference[] {
  return table.columns.flatMap((column): EpochDifference[] => {
    const now = other.columns.find((one) => one.name === column.name);
    const name = `${other.schema}.${other.table}.${column.name}`;
    if (now === undefined)
      return [
        data(table.name, "column-changed", `The column ${name} was renamed or dropped.`, command("Mend vitrine.yaml, then: vitrine apply")),
      ];
    if (now.attnum !== column.attnum)
      return [data(table.name, "column-changed", `The column ${name} is another one than before.`, rebuild)];
    if (now.typeOid !== column.typeOid || now.typmod !== column.typmod)
      return [data(table.name, "column-changed", `The column ${name} has another type.`, rebuild)];
    if (!keepsLabels(column, now))
      return [data(table.name, "column-changed", `A value of the type of ${name} was renamed: it is another one in every row.`, rebuild)];
    return [];
  });
}

/** New labels are no change of the rows that are there. */
function keepsLabels(before: EpochTable["columns"][number], after: EpochTable["columns"][number]): boolean {
  const now = new Map(after.labels);
  return (before.labels ?? []).every(([oid, hash]) => now.get(oid) === hash);
}

/** The stream does not look at row security, but a snapshot, a verification and `prove` do. */
function compareRowSecurity({ now, table, other }: Pair): EpochDifference[] {
  const same = table.rowSecurity === other.rowSecurity && (!other.rowSecurity || describePolicies(table) === describePolicies(other));
  if (same) return [];
  const name = `${other.schema}.${other.table}`;
  const reason =
    table.rowSecurity === other.rowSecurity ? "row-security-changed" : other.rowSecurity ? "row-security-on" : "row-security-changed";
  if (readsAllRows(other))
    return [data(table.name, reason, `Row-level security of ${name} changed; the reader still sees all rows.`, verify)];
  const create = `CREATE POLICY ${id(now.role.name)} ON ${qualified(other)} FOR SELECT TO ${id(now.role.name)} USING (true)`;
  const restrictive = other.policies.find((one) => one.applies && !one.permissive);
  const mend =
    restrictive === undefined
      ? create
      : `DROP POLICY ${id(restrictive.name)} ON ${qualified(other)} (or limit it to other roles); ${create}`;
  return [
    data(table.name, reason, `Row-level security is on for ${name}: the reader cannot see (or check) all of its rows.`, command(mend)),
  ];
}

/** With row security on: a permissive policy shows the reader everything and no restrictive one applies to it. */
export function readsAllRows(table: Pick<EpochTable, "rowSecurity" | "policies">): boolean {
  if (!table.rowSecurity) return true;
  const applying = table.policies.filter((one) => one.applies);
  return applying.some((one) => one.permissive && one.showsAll) && applying.every((one) => one.permissive);
}

function describePolicies(table: EpochTable): string {
  return JSON.stringify(table.policies.map((one) => [one.oid, one.xmin]));
}

/** What is never in the stream: the files under the table and its partitions. */
function compareStorage(table: EpochTable, other: EpochTable): EpochDifference[] {
  const own = compareFile(table.name, { before: table, after: other });
  const kept = table.leaves.flatMap((leaf): EpochDifference[] => {
    const now = other.leaves.find((one) => one.oid === leaf.oid);
    if (now === undefined) {
      return [data(table.name, "partition-dropped", `The partition ${leaf.schema}.${leaf.table} was dropped or detached.`, rebuild)];
    }
    if (now.inheritsXmin !== leaf.inheritsXmin || now.detaching !== leaf.detaching) {
      return [data(table.name, "partition-replaced", `The partition ${now.schema}.${now.table} was detached and attached again.`, rebuild)];
    }
    return compareFile(table.name, { before: leaf, after: now });
  });
  const added = other.leaves
    .filter((leaf) => !table.leaves.some((one) => one.oid === leaf.oid))
    .flatMap((leaf) => (other.kind === "p" ? newLeaf(table.name, leaf) : heir(other, leaf)));
  return [...own, ...kept, ...added];
}

/** `INHERITS`: a query of the table reads the other's rows as well; the copy and the stream do not have them. */
function heir(table: EpochTable, leaf: EpochLeaf): EpochDifference[] {
  const message = `${leaf.schema}.${leaf.table} inherits from ${table.schema}.${table.table}: a query of that reads its rows as well, and the copy does not have them.`;
  return [data(table.name, "table-inherited", message, command(`ALTER TABLE ${qualified(leaf)} NO INHERIT ${qualified(table)}`))];
}

function newLeaf(table: string, leaf: EpochLeaf): EpochDifference[] {
  const bad = unfit(table, leaf);
  if (bad) return [bad];
  if (leaf.kind === "p") return [];
  return [
    data(
      table,
      "partition-attached",
      `The partition ${leaf.schema}.${leaf.table} is new; whether it came with rows in it must be looked at.`,
      verify,
    ),
  ];
}

interface Stored {
  readonly schema: string;
  readonly table: string;
  readonly kind: string;
  readonly persistence: string;
  readonly relfilenode: number;
}

function compareFile(table: string, { before, after }: { readonly before: Stored; readonly after: Stored }): EpochDifference[] {
  const bad = unfit(table, after);
  if (bad) return [bad];
  if (before.persistence !== after.persistence)
    return [data(table, "unlogged", `${after.schema}.${after.table} was unlogged: changes are missing.`, rebuild)];
  if (before.relfilenode === after.relfilenode) return [];
  const message = `${after.schema}.${after.table} was truncated or rewritten (VACUUM FULL and CLUSTER do the latter, which is harmless).`;
  return [data(table, "truncated-or-rewritten", message, verify)];
}

function unfit(table: string, file: Stored): EpochDifference | undefined {
  const name = `${file.schema}.${file.table}`;
  if (file.kind === "f") {
    return data(
      table,
      "partition-foreign",
      `The partition ${name} is a foreign table: its changes are never in the stream.`,
      command(`ALTER TABLE … DETACH PARTITION ${qualified(file)}`),
    );
  }
  if (file.persistence === "u") {
    return data(
      table,
      "unlogged",
      `${name} is UNLOGGED: its changes are never in the stream.`,
      command(`ALTER TABLE ${qualified(file)} SET LOGGED`),
    );
  }
  return undefined;
}
