/** From the address of the source to everything that a run of the reader needs, checked: nothing is created here. */
import { readFile, stat } from "node:fs/promises";
import { VitrineError } from "../../model/error.ts";
import type { CompiledPolicy } from "../../policy/compile.ts";
import { compilePolicy, grantedColumns, tablesNeeded, tokenSpaces, valuesFromSql, valuesName } from "../../policy/compile.ts";
import type { Declaration } from "../../policy/declaration.ts";
import type { TokenKeys } from "../../policy/keys.ts";
import { keyFingerprints, loadKeys, parseKeys } from "../../policy/keys.ts";
import type { SourceSizes } from "../../policy/safe.ts";
import { readSizes } from "../../policy/sizes.ts";
import type { Catalog } from "../../source/catalog.ts";
import { readCatalog } from "../../source/catalog-read.ts";
import type { Finding, PreflightWish } from "../../source/preflight.ts";
import { preflight } from "../../source/preflight.ts";
import type { Session, Source } from "../../source/session.ts";
import { openSource } from "../../source/session.ts";
import { isLoopback, parseSourceUrl } from "../../source/url.ts";

const publicationName = "vitrine";
const appendPublicationName = "vitrine_append";
export const readerRole = "vitrine_reader";

export interface Prepared {
  readonly source: Source;
  readonly catalog: Catalog;
  readonly compiled: CompiledPolicy;
  readonly keys: TokenKeys;
  /** By `schema.table.column`: what the rules `values: from` name. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly sizes: SourceSizes;
  readonly publications: readonly string[];
  readonly rowSecurityTables: ReadonlySet<string>;
  readonly findings: readonly Finding[];
  /** What was looked for, to look again. */
  readonly wish: PreflightWish;
}

export interface PrepareOptions {
  readonly url: string;
  readonly declaration: Declaration;
  readonly keysFile: string;
  /** The keys themselves, from the environment, instead of a file. */
  readonly keysText: string | undefined;
  /** Slots whose names begin so are ours. */
  readonly slotPrefix: string;
  readonly acceptUnlimitedWalGb: number | undefined;
}

/** Throws the codes of a connection, of the policy and of the keys; the first blocking finding of preflight. */
export async function prepare(options: PrepareOptions): Promise<Prepared> {
  const source = await sourceAt(options.url, "vitrine reader");
  await using session = await source.openSql();
  const { declaration } = options;
  const catalog = await readCatalog(session, { tables: tablesNeeded(declaration).map(splitName), role: source.address.user });
  const keys = await keysFrom(options);
  const compiled = compilePolicy(declaration, catalog, { keys: keyFingerprints(keys, tokenSpaces(declaration), options.keysFile) });
  const wish = await wishFor({ compiled, catalog, source, session, stage: "start", ...options });
  const findings = preflight(catalog, wish);
  const blocking = findings.find((finding) => finding.blocking);
  if (blocking !== undefined)
    throw new VitrineError(blocking.code, { message: blocking.message, place: blocking.place, remedy: blocking.remedy });
  return {
    source,
    catalog,
    compiled,
    keys,
    values: await readValues(session, compiled),
    sizes: await readSizes(session, compiled, catalog),
    publications: publicationsOf(compiled),
    rowSecurityTables: rowSecurityTables(compiled, catalog),
    findings,
    wish,
  };
}

/** Opens nothing yet, but reads the root certificates that the address names. */
export async function sourceAt(url: string, applicationName: string): Promise<Source> {
  const address = parseSourceUrl(url);
  const rootCertificates = address.rootCertificatePath === undefined ? undefined : await readFile(address.rootCertificatePath, "utf8");
  return openSource({ address, rootCertificates, applicationName });
}

export function splitName(name: string): { readonly schema: string; readonly table: string } {
  const dot = name.indexOf(".");
  return { schema: name.slice(0, dot), table: name.slice(dot + 1) };
}

export async function keysFrom({ keysFile, keysText }: Pick<PrepareOptions, "keysFile" | "keysText">): Promise<TokenKeys> {
  if (keysText !== undefined) return parseKeys(keysText, "VITRINE_KEYS");
  return loadKeys(keysFile, {
    stat: async (path) => stat(path).catch(() => undefined),
    read: async (path) => readFile(path, "utf8"),
    uid: process.getuid?.(),
  });
}

export async function wishFor(options: {
  readonly compiled: CompiledPolicy;
  readonly catalog: Catalog;
  readonly source: Source;
  readonly session: Session;
  readonly stage: "plan" | "start";
  readonly slotPrefix: string;
  readonly acceptUnlimitedWalGb: number | undefined;
  readonly role?: string;
}): Promise<PreflightWish> {
  const { compiled, catalog, source, session } = options;
  const [seen] = await session.query("SELECT pg_backend_pid()::int4 AS pid");
  const { address } = source;
  return {
    tables: compiled.tables.map((table) => ({
      name: table.safe.name,
      schema: table.source.schema,
      table: table.source.table,
      columns: table.source.columns.map((column) => column.name),
      key: table.declaration.key,
    })),
    publication: publicationName,
    appendPublication: appendPublicationName,
    role: options.role ?? address.user,
    alsoReadable: grantedColumns(compiled).flatMap(({ schema, table, columns }) => columns.map((column) => `${schema}.${table}.${column}`)),
    ownSlots: catalog.slots.map((slot) => slot.name).filter((name) => name.startsWith(options.slotPrefix)),
    acceptUnlimitedWalGb: options.acceptUnlimitedWalGb,
    stage: options.stage,
    connection: {
      pooled: seen?.["pid"] !== session.processId,
      loopback: isLoopback(address.host),
      tlsVerified: address.tls === "verify-full" || address.tls === "verify-ca",
    },
  };
}

function publicationsOf(compiled: CompiledPolicy): readonly string[] {
  return [publicationName, ...(compiled.sourceTables.some((table) => table.appendOnly) ? [appendPublicationName] : [])];
}

function rowSecurityTables(compiled: CompiledPolicy, catalog: Catalog): ReadonlySet<string> {
  const on = new Set(catalog.tables.filter((table) => table.rowSecurity).map((table) => `${table.schema}.${table.table}`));
  return new Set(compiled.sourceTables.filter((table) => on.has(`${table.schema}.${table.table}`)).map((table) => table.name));
}

async function readValues(session: Session, compiled: CompiledPolicy): Promise<ReadonlyMap<string, readonly string[]>> {
  const values = new Map<string, readonly string[]>();
  for (const column of compiled.valuesFrom) {
    const rows = await session.query(valuesFromSql(column));
    values.set(
      valuesName(column),
      rows.map((row) => String(Object.values(row)[0])),
    );
  }
  return values;
}
