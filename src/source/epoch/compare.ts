/** What differs between two epochs, with what it means and what mends it. Pure. */
import { id, literal, qualified } from "../names.ts";
import type { Epoch, EpochGrant, EpochLeaf, EpochPublication, EpochTable } from "./schema.ts";

export type EpochReason =
  | "column-changed"
  | "column-list-changed"
  | "grant-extra"
  | "grant-missing"
  | "partition-attached"
  | "partition-dropped"
  | "partition-foreign"
  | "partition-replaced"
  | "publication-changed"
  | "replica-identity-changed"
  | "role-changed"
  | "row-security-changed"
  | "row-security-on"
  | "system-replaced"
  | "table-missing"
  | "table-not-published"
  | "table-replaced"
  | "timeline-changed"
  | "truncated-or-rewritten"
  | "unlogged";

export type EpochMend = { readonly tag: "rebuild" } | { readonly tag: "verify" } | { readonly tag: "command"; readonly command: string };

/** The shape of policy/safe.ts's EpochBreak, which this stage may not import, and whether the copy's rows or only privileges are concerned. */
export interface EpochDifference {
  /** Name in vitrine.yaml; "*" for all tables. */
  readonly table: string;
  readonly reason: EpochReason;
  readonly message: string;
  readonly mend: EpochMend;
  /** `privacy`: the rows are as true as before, but more (or less) may be read than declared. */
  readonly concerns: "data" | "privacy";
}

const rebuild: EpochMend = { tag: "rebuild" };
const verify: EpochMend = { tag: "verify" };
const command = (text: string): EpochMend => ({ tag: "command", command: text });
const apply = command("vitrine apply");

/** Empty when nothing differs. */
export function compareEpochs(stored: Epoch, now: Epoch): readonly EpochDifference[] {
  const server = compareServers(stored, now);
  // Of another cluster or database, nothing else can be compared.
  if (server.some((one) => one.reason === "system-replaced")) return server;
  const tables = stored.tables.flatMap((table) => {
    const other = now.tables.find((one) => one.name === table.name);
    return other === undefined ? [] : compareTables({ stored, now, table, other });
  });
  return [...server, ...tables, ...compareRoles(stored, now)];
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

function data(table: string, reason: EpochReason, message: string, mend: EpochMend): EpochDifference {
  return { table, reason, message, mend, concerns: "data" };
}

function privacy(table: string, reason: EpochReason, message: string, mend: EpochMend): EpochDifference {
  return { table, reason, message, mend, concerns: "privacy" };
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
    return [];
  });
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
    .flatMap((leaf) => newLeaf(table.name, leaf));
  return [...own, ...kept, ...added];
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

function compareRoles(stored: Epoch, now: Epoch): EpochDifference[] {
  const role = id(now.role.name);
  const attributes = (
    [
      ["superuser", "SUPERUSER"],
      ["bypassRls", "BYPASSRLS"],
    ] as const
  ).flatMap(([key, word]): EpochDifference[] => {
    if (stored.role[key] || !now.role[key]) return [];
    return [privacy("*", "role-changed", `The reader's role ${now.role.name} became ${word}.`, command(`ALTER ROLE ${role} NO${word}`))];
  });
  const memberships = now.role.memberOf
    .filter((one) => !stored.role.memberOf.includes(one))
    .map((one) => privacy("*", "role-changed", `The reader's role became a member of ${one}.`, command(`REVOKE ${id(one)} FROM ${role}`)));
  return [...attributes, ...memberships, ...compareGrants(stored, now)];
}

function compareGrants(stored: Epoch, now: Epoch): EpochDifference[] {
  const before = new Set(stored.role.grants.map(describeGrant));
  const after = new Set(now.role.grants.map(describeGrant));
  const tableName = (grant: EpochGrant): string =>
    now.tables.find((one) => one.schema === grant.schema && one.table === grant.table)?.name ?? "*";
  const extra = now.role.grants
    .filter((grant) => !before.has(describeGrant(grant)))
    .map((grant) =>
      privacy(
        tableName(grant),
        "grant-extra",
        `${viaText(grant)} may now ${grant.privilege} ${objectText(grant)}.`,
        command(revokeCommand(grant, now.role.name)),
      ),
    );
  // What the policy does not need may go: that is what the remedy of an extra grant asks for.
  const missing = stored.role.grants
    .filter((grant) => !after.has(describeGrant(grant)) && isNeeded(grant, { stored, now }))
    .map((grant) =>
      privacy(tableName(grant), "grant-missing", `${viaText(grant)} may no longer ${grant.privilege} ${objectText(grant)}.`, apply),
    );
  return [...extra, ...missing];
}

/** Does the reader miss it: a declared column (or the ctid that a snapshot is cut by) that no other way leads to now? */
function isNeeded(lost: EpochGrant, { stored, now }: { readonly stored: Epoch; readonly now: Epoch }): boolean {
  const table = stored.tables.find((one) => one.schema === lost.schema && one.table === lost.table);
  if (table === undefined || lost.privilege !== "SELECT") return false;
  const declared = lost.column === null ? table.columns.map((column) => column.name) : [lost.column];
  return declared.some((column) => isDeclared(column, table) && !now.role.grants.some((grant) => reads(grant, { ...table, column })));
}

function isDeclared(column: string, table: EpochTable): boolean {
  return column === "ctid" || table.columns.some((one) => one.name === column);
}

function reads(grant: EpochGrant, what: { readonly schema: string; readonly table: string; readonly column: string }): boolean {
  const isThere = grant.schema === what.schema && grant.table === what.table && (grant.column === null || grant.column === what.column);
  return isThere && (grant.privilege === "SELECT" || grant.privilege === "OWNER");
}

function describeGrant(grant: EpochGrant): string {
  return JSON.stringify([grant.schema, grant.table, grant.column, grant.privilege, grant.via]);
}

function viaText(grant: EpochGrant): string {
  return grant.via === "PUBLIC" ? "Everybody (PUBLIC)" : `The role ${grant.via}`;
}

function objectText(grant: EpochGrant): string {
  return grant.column === null ? `${grant.schema}.${grant.table} (all columns)` : `${grant.schema}.${grant.table}.${grant.column}`;
}

/** The statement that takes a privilege away again. */
function revokeCommand(grant: EpochGrant, reader: string): string {
  if (grant.privilege === "OWNER") return `ALTER TABLE ${qualified(grant)} OWNER TO … -- not ${literal(grant.via)}`;
  // From another role nothing is taken but the reader.
  if (grant.via !== "PUBLIC" && grant.via !== reader) return `REVOKE ${id(grant.via)} FROM ${id(reader)}`;
  // On the whole table it would take the declared columns along; apply gives them back at once.
  if (grant.column === null && grant.via === reader) return "vitrine apply";
  const columns = grant.column === null ? "" : ` (${id(grant.column)})`;
  return `REVOKE ${grant.privilege}${columns} ON ${qualified(grant)} FROM ${grant.via === "PUBLIC" ? "PUBLIC" : id(grant.via)}`;
}
