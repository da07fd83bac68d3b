/** vitrine.yaml → Declaration. All problems of a file are reported together; nothing of the file's content is quoted but names. */
import type { Declaration, DimensionDeclaration, TableDeclaration } from "../declaration.ts";
import { parseAnnotations } from "./annotations.ts";
import { parseAssets } from "./assets.ts";
import { parseVantages } from "./vantages.ts";
import { digest } from "./hash.ts";
import type { Located } from "./located.ts";
import { readLocated } from "./located.ts";
import { parseLogin } from "./login.ts";
import { parseOncall } from "./oncall.ts";
import { parseMetrics } from "./metrics.ts";
import { resolveDimensions } from "./paths.ts";
import { Problems } from "./problems.ts";
import type { FileShape } from "./schema.ts";
import { fileShape } from "./schema.ts";
import { checkShape } from "./shape.ts";
import { suggestion } from "./suggest.ts";
import { parseStays } from "./stays.ts";
import type { TableDraft } from "./tables.ts";
import { parseTables } from "./tables.ts";

const kDefault = 10;

/** Throws a VitrineError policy/*, or DeclarationErrors (code policy/several) with each of several in `errors`. */
export function parseDeclaration(text: string, file: string): Declaration {
  const located = readLocated(text, file);
  const problems = new Problems(file);
  const shape = checkShape(located, problems, fileShape);
  if (shape === undefined) problems.throwIfAny();
  const declaration = shape && build(shape, located, problems, file);
  problems.throwIfAny();
  if (declaration === undefined) throw new Error("bug: a file without a shape and without a problem");
  return declaration;
}

function build(shape: FileShape, located: Located, problems: Problems, file: string): Declaration {
  checkTop(shape, located, problems);
  const reading = { located, problems };
  const drafts = parseTables(shape, reading);
  const dimensions = new Map<string, readonly DimensionDeclaration[]>();
  const entities = drafts.filter((draft) => draft.kind === "entity").map((draft) => draft.name);
  if (!entities.includes(shape.unit)) {
    problems.add(
      "policy/unknown-entity",
      located.place(["unit"]),
      `The protected unit \`${shape.unit}\` is no entity.`,
      suggestion(shape.unit, entities),
    );
  }
  // What stands on broken tables would only repeat their errors in other words.
  problems.throwIfAny();
  for (const draft of drafts) dimensions.set(draft.name, resolveDimensions(draft, drafts, reading));
  const metrics = parseMetrics({ shapes: shape.metrics ?? {}, tables: drafts, dimensions, zone: shape.zone, unit: shape.unit }, reading);
  const tables = drafts.map((draft) => finish(draft, dimensions.get(draft.name) ?? []));
  return {
    file,
    zone: shape.zone,
    unit: shape.unit,
    k: shape.k ?? kDefault,
    tables,
    stays: parseStays(shape, tables, reading),
    metrics,
    policyHash: digest({ zone: shape.zone, tables: tables.map(stored) }),
    source: { url: shape.source?.url },
    limits: { acceptUnlimitedWalGb: shape.limits?.accept_unlimited_wal_gb },
    annotations: parseAnnotations(shape, Object.keys(shape.metrics ?? {}), reading),
    assets: parseAssets(shape.assets ?? {}, reading),
    listeners: shape.listeners ?? "on",
    vantages: parseVantages(shape.vantages ?? {}, reading),
    ...parseOncall(shape, { ...reading, file }),
    ...parseLogin(shape, reading),
  };
}

function checkTop(shape: FileShape, located: Located, problems: Problems): void {
  if (shape.version !== 1)
    problems.add("policy/unsupported-version", located.place(["version"]), "This Vitrine reads version 1 of the file.");
  if (shape.k !== undefined && shape.k < kDefault)
    problems.add("policy/k-too-small", located.place(["k"]), `k must be at least ${kDefault}.`);
  if (!isZone(shape.zone))
    problems.add(
      "policy/unknown-zone",
      located.place(["zone"]),
      "The zone is not in the IANA database.",
      suggestion(
        shape.zone,
        Intl.supportedValuesOf("timeZone").filter((zone) => zone.slice(0, 2) === shape.zone.slice(0, 2)),
      ),
    );
  const url = shape.source?.url;
  if (url !== undefined && hasPassword(url))
    problems.add("policy/password-in-file", located.place(["source", "url"]), "The address of the source holds a password.");
}

/** Offsets such as `+02:00` are refused: they know no daylight saving time. */
function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}

function hasPassword(url: string): boolean {
  return /^[a-z]+:\/\/[^/@]*:[^/]*@/i.test(url) || /[?&\s](password|sslpassword)=/i.test(url) || /^\s*password\s*=/i.test(url);
}

function finish(draft: TableDraft, dimensions: readonly DimensionDeclaration[]): TableDeclaration {
  const { name, kind, schema, table, key, time, columns, history, place } = draft;
  return { name, kind, schema, table, key, time, columns, dimensions, history, place };
}

/** What decides the bytes in the store: neither what a column is called in the inventory nor what stays. */
function stored(table: TableDeclaration): unknown {
  const columns = table.columns
    .filter((column) => column.take !== undefined)
    .map(({ name, take, refers }) => ({ name, take, refers }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { name: table.name, kind: table.kind, schema: table.schema, table: table.table, key: table.key, time: table.time, columns };
}
