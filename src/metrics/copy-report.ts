/**
 * What the copy holds and what stayed behind, column by column, as the declaration says it; with the last proof and the last verification of that.
 * Names, words of the inventory and counts; never a value.
 */
import { unreachable } from "../lib/assert.ts";
import type { ColumnDeclaration, Declaration, Treatment } from "../policy/declaration.ts";
import type { ProofLine } from "./status-report.ts";

export interface CopiedColumn {
  readonly name: string;
  /** The inventory's word for it. */
  readonly is: string;
  /** How it leaves, in words; absent: it stays in the source. */
  readonly leaves?: string;
}

export interface CopiedTable {
  /** `schema.table` in the source. */
  readonly source: string;
  /** Its name in the copy; absent: nothing of it leaves. */
  readonly name?: string;
  /** What the whole table is, where the file does not go into columns. */
  readonly is?: string;
  /** Rows in the copy. */
  readonly rows?: number;
  readonly columns: readonly CopiedColumn[];
}

/** The last comparison of copy and source at one position. */
export interface Verification {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly mode: string;
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly differing: number }[];
}

export interface CopyReport {
  readonly generation: number;
  /** SHA-256 over what decides what is in the store, 16 hex digits. */
  readonly policyHash: string;
  readonly zone: string;
  /** The entity whose members are protected, and how many have to stand behind a number. */
  readonly unit: string;
  readonly k: number;
  readonly tables: readonly CopiedTable[];
  /** Without what was found: that is for those who may see the proof. */
  readonly proof: readonly Omit<ProofLine, "findings">[];
  readonly verification?: Verification;
}

export function reportCopy(options: {
  readonly declaration: Declaration;
  readonly generation: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly proof: readonly ProofLine[];
  readonly verification: Verification | undefined;
}): CopyReport {
  const { declaration, generation, rows, proof, verification } = options;
  const copied = declaration.tables.map((table) => ({
    source: `${table.schema}.${table.table}`,
    name: table.name,
    ...(rows[table.name] === undefined ? {} : { rows: rows[table.name] ?? 0 }),
    columns: table.columns.map(reportColumn),
  }));
  const staying = declaration.stays.map(({ schema, table, is, columns }) => ({
    source: `${schema}.${table}`,
    ...(is === undefined ? {} : { is }),
    columns,
  }));
  const { policyHash, zone, unit, k } = declaration;
  return {
    generation,
    policyHash,
    zone,
    unit,
    k,
    tables: [...copied, ...staying],
    proof: proof.map(({ name, verdict, level, checked, message, at }) => ({ name, verdict, level, checked, message, at })),
    ...(verification === undefined ? {} : { verification }),
  };
}

function reportColumn({ name, is, take, refers }: ColumnDeclaration): CopiedColumn {
  if (take === undefined) return { name, is };
  return { name, is, leaves: refers === undefined ? sayTreatment(take) : `as a pseudonym that refers to ${refers}` };
}

function sayTreatment(take: Treatment): string {
  switch (take.tag) {
    case "keep":
      return sayKept(take.rule);
    case "opaque":
      return "as it is: it names an event and no person";
    case "token":
      return `as a keyed pseudonym (${take.space})`;
    case "truncate":
      return `cut to the ${take.to}`;
    case "version":
      return `as a version of ${take.parts} ${take.parts === 1 ? "part" : "parts"}`;
    case "bucket":
      return `as one of ${take.bounds.length + 1} ranges`;
    case "prefix":
      return `its first ${take.length} characters, where they are allowed`;
    case "lookup":
      return `as one of ${new Set(Object.values(take.table)).size} words of a table`;
    case "present":
      return "whether it is there, and nothing of it";
    case "constant":
      return "as a constant";
    default:
      return unreachable(take);
  }
}

function sayKept(rule: Extract<Treatment, { tag: "keep" }>["rule"]): string {
  if (rule === undefined) return "as it is";
  if (rule.tag === "values") return `as one of ${rule.values.length} listed values`;
  return rule.tag === "values-from" ? `as one of the values of ${rule.table}.${rule.column}` : "where it has the allowed form";
}
