/** What becomes readable and what stays, in words for a person. */
import { unreachable } from "../../lib/assert.ts";
import type { Catalog } from "../../source/catalog.ts";
import type { CompiledPolicy, CompiledTable } from "../compile.ts";
import type { StayingTable, TextRule, Treatment } from "../declaration.ts";
import type { PlanColumn } from "../plan.ts";
import { catalogTable } from "./names.ts";

export function describeReadable(compiled: CompiledPolicy): readonly PlanColumn[] {
  const columns = compiled.tables.flatMap((table) => [
    ...table.columns.map((column) => ({
      table: tableName(table),
      column: column.safe.name,
      why: `${inventoryWord(table, column.safe.name)}: ${describeTreatment(column.treatment)}`,
    })),
    ...table.dropped.map((column) => ({
      table: tableName(table),
      column,
      why: "part of the replica identity: published, dropped in the reader, not stored",
    })),
  ]);
  const values = compiled.valuesFrom.map((one) => ({
    table: `${one.schema}.${one.table}`,
    column: one.column,
    why: "its values are a rule; read when the reader starts",
  }));
  return [...columns, ...values];
}

/** Columns of declared tables that do not leave; tables that are not declared, one line each. */
export function describeStays(compiled: CompiledPolicy, catalog: Catalog): readonly PlanColumn[] {
  const columns = compiled.tables.flatMap((table) => {
    const found = catalogTable(catalog, table.source);
    const asked = new Set(table.source.columns.map((column) => column.name));
    return (found?.columns ?? [])
      .filter((column) => !asked.has(column.name))
      .map((column) => ({ table: tableName(table), column: column.name, why: whyStays(table, column.name) }));
  });
  const declared = new Set(compiled.tables.map(tableName));
  const staying = new Map(compiled.declaration.stays.map((table) => [`${table.schema}.${table.table}`, table]));
  return [
    ...columns,
    ...catalog.allTables
      .filter((name) => !declared.has(name))
      .flatMap((name) => {
        const table = staying.get(name);
        return table === undefined
          ? [{ table: name, column: "*", why: "the table is not in vitrine.yaml" }]
          : describeStaying(table, catalog);
      }),
  ];
}

/** A table of which nothing leaves: a line for each column, or one for all where the file has one word for all. */
function describeStaying(table: StayingTable, catalog: Catalog): readonly PlanColumn[] {
  const name = `${table.schema}.${table.table}`;
  if (table.is !== undefined) return [{ table: name, column: "*", why: table.is }];
  const found = catalogTable(catalog, table)?.columns.map((column) => column.name) ?? table.columns.map((column) => column.name);
  return found.map((column) => {
    const is = table.columns.find((one) => one.name === column)?.is;
    return { table: name, column, why: is ?? "not in vitrine.yaml" };
  });
}

function tableName(table: CompiledTable): string {
  return `${table.source.schema}.${table.source.table}`;
}

function inventoryWord(table: CompiledTable, column: string): string {
  return table.declaration.columns.find((one) => one.name === column)?.is ?? "not said";
}

function whyStays(table: CompiledTable, column: string): string {
  const declared = table.declaration.columns.find((one) => one.name === column);
  if (declared === undefined) return "not in vitrine.yaml";
  return declared.take === undefined ? declared.is : `${declared.is}: a constant stands for it`;
}

/** A treatment as a phrase. */
function describeTreatment(treatment: Treatment): string {
  switch (treatment.tag) {
    case "keep":
      return treatment.rule === undefined ? "as it is" : `as it is where it is ${describeRule(treatment.rule)}, else \`other\``;
    case "opaque":
      return "as it is: a key that names an event";
    case "token":
      return `a keyed pseudonym in the space ${treatment.space}`;
    case "truncate":
      return `cut to the ${treatment.to}`;
    case "version":
      return `the first ${treatment.parts} ${treatment.parts === 1 ? "number" : "numbers"} of the version, where it is ${describeRule(treatment.rule)}`;
    case "bucket":
      return `one of ${treatment.bounds.length + 1} ranges`;
    case "prefix":
      return `its first ${treatment.length} characters, where they are ${describeRule(treatment.rule)}`;
    case "lookup":
      return `one of ${new Set(Object.values(treatment.table)).size} words by a table, else \`other\``;
    case "present":
      return "whether it is there";
    case "constant":
      return "always the same word; nothing is read";
    default:
      return unreachable(treatment);
  }
}

function describeRule(rule: TextRule): string {
  switch (rule.tag) {
    case "values":
      return `one of ${rule.values.length} values`;
    case "values-from":
      return `in ${rule.table}.${rule.column}`;
    case "match":
      return `like ${rule.pattern.replace(/^\^\(\?:(.*)\)\$$/s, "$1")} (at most ${rule.lengthMax} characters)`;
    default:
      return unreachable(rule);
  }
}
