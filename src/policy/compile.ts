/**
 * Declaration + catalog → what the reader asks for and what the mirror gets. The one place where the file meets the database:
 * every name is looked up, every treatment is checked against the column's type. Pure.
 */
import type { Catalog, CatalogTable } from "../source/catalog.ts";
import { id, qualified } from "../source/session.ts";
import type { SourceColumn, SourceTable } from "../source/raw.ts";
import { sourceColumn } from "../source/types.ts";
import { compileColumn, isReadable, typeClass } from "./compile/columns.ts";
import { checkIdentity, checkKind } from "./compile/identity.ts";
import { checkMetrics } from "./compile/metrics.ts";
import type { ColumnDeclaration, Declaration, TableDeclaration, TextRule, Treatment } from "./declaration.ts";
import { Problems } from "./declaration/problems.ts";
import { suggestion } from "./declaration/suggest.ts";
import type { SafeColumn, SafeSchema, SafeTable } from "./safe.ts";

/** What a type is to a treatment. */
export type TypeClass = "bool" | "int" | "float" | "numeric" | "text" | "enum" | "uuid" | "timestamptz" | "timestamp" | "date" | "other";

export interface CompiledColumn {
  readonly safe: SafeColumn;
  readonly treatment: Treatment;
  readonly type: TypeClass;
  /** char(n): trailing blanks are no part of the value. */
  readonly padded: boolean;
  /** Index in SourceTable.columns; undefined: nothing is asked for (`constant`). */
  readonly source: number | undefined;
}

export interface CompiledTable {
  readonly declaration: TableDeclaration;
  readonly source: SourceTable;
  readonly safe: SafeTable;
  /** In the order of safe.columns. */
  readonly columns: readonly CompiledColumn[];
  /** Names of identity columns that PostgreSQL demands in the column list and that the reader drops: undeclared or staying. */
  readonly dropped: readonly string[];
}

/** A column whose values are a rule; read once when the reader starts, with `valuesFromSql`. */
export interface ValuesColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

export interface PolicyWarning {
  readonly table: string;
  readonly column: string | undefined;
  readonly message: string;
}

export interface CompiledPolicy {
  readonly declaration: Declaration;
  /** In the order of schema.tables. */
  readonly tables: readonly CompiledTable[];
  readonly sourceTables: readonly SourceTable[];
  readonly schema: SafeSchema;
  readonly valuesFrom: readonly ValuesColumn[];
  readonly warnings: readonly PolicyWarning[];
}

export interface CompileOptions {
  /** Fingerprints by token space (keys.ts); plan may leave them out. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Number of distinct values of a column where the statistics know it (readDistinct of apply.ts). */
  readonly distinct?: (schema: string, table: string, column: string) => number | undefined;
}

/** A `values: from` list longer than this is no closed list. */
export const valuesMax = 10_000;

/** Every `schema.table` whose catalog entry compile needs: the declared ones and those of `values: from`. */
export function tablesNeeded(declaration: Declaration): readonly string[] {
  return [...new Set([...declaration.tables, ...valuesColumns(declaration)].map(({ schema, table }) => `${schema}.${table}`))];
}

/** Every `schema.table` of the inventory alone: `plan` looks at them, and nobody else. */
export function tablesOfInventory(declaration: Declaration): readonly string[] {
  return declaration.stays.map(({ schema, table }) => `${schema}.${table}`);
}

/** Token spaces that need a key, in order of name. */
export function tokenSpaces(declaration: Declaration): readonly string[] {
  const spaces = declaration.tables.flatMap((table) =>
    table.columns.flatMap((column) => (column.take?.tag === "token" ? [column.take.space] : [])),
  );
  return [...new Set(spaces)].toSorted();
}

/** The statement that reads the values of a `values: from` rule: one text column `value`, at most `valuesMax` + 1 rows. */
export function valuesFromSql(column: ValuesColumn): string {
  return `SELECT DISTINCT ${id(column.column)}::text AS value FROM ${qualified(column)} WHERE ${id(column.column)} IS NOT NULL LIMIT ${valuesMax + 1}`;
}

/** Name under which createTreater finds the values of a rule. */
export function valuesName(column: ValuesColumn): string {
  return `${column.schema}.${column.table}.${column.column}`;
}

/** Everything that the reader's role may SELECT, by table: the declared columns, those of the identities, those of `values: from`. */
export function grantedColumns(
  compiled: CompiledPolicy,
): readonly { readonly schema: string; readonly table: string; readonly columns: readonly string[] }[] {
  const granted = compiled.sourceTables.map(({ schema, table, columns }) => ({
    schema,
    table,
    columns: columns.map((column) => column.name),
  }));
  for (const { schema, table, column } of compiled.valuesFrom) {
    const known = granted.find((one) => one.schema === schema && one.table === table);
    if (known === undefined) granted.push({ schema, table, columns: [column] });
    else if (!known.columns.includes(column)) known.columns.push(column);
  }
  return granted;
}

/** Throws a VitrineError policy/* (several at once as DeclarationErrors, code policy/several). */
export function compilePolicy(declaration: Declaration, catalog: Catalog, options: CompileOptions = {}): CompiledPolicy {
  const problems = new Problems(declaration.file);
  const warnings: PolicyWarning[] = [];
  const meeting: Meeting = { declaration, catalog, options, problems, warnings };
  checkValuesFrom(meeting);
  const tables = inOrder(declaration.tables).flatMap((table) => compileTable(table, meeting) ?? []);
  checkRefers(tables, problems);
  checkMetrics(declaration, tables, problems);
  problems.throwIfAny();
  return {
    declaration,
    tables,
    sourceTables: tables.map((table) => table.source),
    schema: { policyHash: declaration.policyHash, keys: options.keys ?? {}, tables: tables.map((table) => table.safe) },
    valuesFrom: valuesColumns(declaration),
    warnings,
  };
}

/** What compiling a table needs beside the table. */
export interface Meeting {
  readonly declaration: Declaration;
  readonly catalog: Catalog;
  readonly options: CompileOptions;
  readonly problems: Problems;
  readonly warnings: PolicyWarning[];
}

/** Entities before facts, an entity before those that refer to it; circles keep the file's order. */
function inOrder(tables: readonly TableDeclaration[]): readonly TableDeclaration[] {
  const done: TableDeclaration[] = [];
  const visit = (table: TableDeclaration, above: readonly TableDeclaration[]): void => {
    if (done.includes(table) || above.includes(table)) return;
    for (const column of table.columns) {
      const entity = tables.find((one) => one.kind === "entity" && one.name === column.refers);
      if (entity !== undefined) visit(entity, [...above, table]);
    }
    done.push(table);
  };
  for (const kind of ["entity", "fact"]) for (const table of tables) if (table.kind === kind) visit(table, []);
  return done;
}

/** An additional look-up of a rule's column, for `values: from`. */
function valuesColumns(declaration: Declaration): readonly ValuesColumn[] {
  const found = new Map<string, ValuesColumn>();
  for (const table of declaration.tables) {
    for (const column of table.columns) {
      const values = valuesColumnOf(column.take);
      if (values !== undefined) found.set(valuesName(values), values);
    }
  }
  return [...found.values()];
}

/** The column that a treatment's rule takes its values from. */
export function valuesColumnOf(treatment: Treatment | undefined): ValuesColumn | undefined {
  const rule: TextRule | undefined = treatment !== undefined && "rule" in treatment ? treatment.rule : undefined;
  if (rule?.tag !== "values-from") return undefined;
  const [schema = "", table = ""] = rule.table.split(".");
  return { schema, table, column: rule.column };
}

function checkValuesFrom({ declaration, catalog, problems }: Meeting): void {
  for (const table of declaration.tables) {
    for (const column of table.columns) {
      const values = valuesColumnOf(column.take);
      if (values === undefined) continue;
      const found = findTable(catalog, values);
      const source = found?.columns.find((one) => one.name === values.column);
      if (source === undefined) {
        const names = found === undefined ? catalog.allTables : found.columns.map((one) => one.name);
        const what = found === undefined ? `The table ${values.schema}.${values.table}` : `The column ${valuesName(values)}`;
        problems.add(
          "policy/values-missing",
          column.place,
          `${what}, which \`${table.name}.${column.name}\` takes its values from, does not exist.`,
          suggestion(found === undefined ? `${values.schema}.${values.table}` : values.column, names),
        );
      } else if (typeClass(source) !== "text" && typeClass(source) !== "enum") {
        problems.add(
          "policy/values-missing",
          column.place,
          `The column ${valuesName(values)}, which \`${table.name}.${column.name}\` takes its values from, is ${source.typeName} and no text.`,
        );
      }
    }
  }
}

function findTable(catalog: Catalog, name: { readonly schema: string; readonly table: string }): CatalogTable | undefined {
  return catalog.tables.find((one) => one.schema === name.schema && one.table === name.table);
}

function compileTable(table: TableDeclaration, meeting: Meeting): CompiledTable | undefined {
  const { catalog, problems } = meeting;
  const found = findTable(catalog, table);
  if (found === undefined) {
    const name = `${table.schema}.${table.table}`;
    problems.add(
      "policy/table-missing",
      table.place,
      `The table ${name} does not exist (or the administrator does not see it).`,
      suggestion(name, catalog.allTables),
    );
    return undefined;
  }
  if (!checkKind(table, found, problems)) return undefined;
  checkIdentity(table, found, problems);
  const asked = new Map<string, SourceColumn>();
  const taken = keyFirst(table).filter((column) => isReadable(column, { table, found, problems }));
  const columns = taken.flatMap((column) => compileColumn(column, { table, found, asked, meeting }) ?? []);
  const dropped = table.key === undefined ? [] : addIdentity(found, asked, table, problems);
  warnOfToast(table, found, asked, meeting);
  const source = {
    name: table.name,
    schema: table.schema,
    table: table.table,
    columns: [...asked.values()],
    appendOnly: table.key === undefined,
  };
  const safe = { name: table.name, kind: table.kind, key: table.key, columns: columns.map((column) => column.safe) };
  return { declaration: table, source, safe, columns, dropped };
}

function keyFirst(table: TableDeclaration): readonly ColumnDeclaration[] {
  const isKey = (column: ColumnDeclaration): number => (column.name === table.key ? 0 : 1);
  return table.columns.toSorted((a, b) => isKey(a) - isKey(b));
}

/** PostgreSQL refuses updates on the source unless every identity column is in the list. */
function addIdentity(
  found: CatalogTable,
  asked: Map<string, SourceColumn>,
  table: TableDeclaration,
  problems: Problems,
): readonly string[] {
  const dropped = found.identityColumns.filter((name) => !asked.has(name));
  for (const name of dropped) {
    const column = found.columns.find((one) => one.name === name);
    if (column === undefined) continue;
    const decoded = sourceColumn(column);
    if (decoded.tag === "column") asked.set(name, decoded.column);
    else
      problems.add(
        "policy/type-unsupported",
        table.place,
        `${found.schema}.${found.table}.${name} is a part of the table's identity and cannot be left out, but its ${decoded.reason}.`,
        "Set REPLICA IDENTITY USING INDEX with an index of other columns.",
      );
  }
  return dropped;
}

/** One warning for a table: its large values may be missing from updates that did not touch them. */
function warnOfToast(table: TableDeclaration, found: CatalogTable, asked: ReadonlyMap<string, SourceColumn>, { warnings }: Meeting): void {
  const large = found.columns
    .filter((column) => column.toastable && asked.has(column.name) && takesValue(table, column.name))
    .map((column) => column.name);
  if (large.length === 0) return;
  warnings.push({
    table: table.name,
    column: undefined,
    message: `Large values of ${large.join(", ")} may be stored out of line (TOAST); an update that does not touch them sends none, and the mirror keeps what it has.`,
  });
}

/** Keys are never out of line, and `present` needs no value. */
function takesValue(table: TableDeclaration, column: string): boolean {
  return column !== table.key && table.columns.find((one) => one.name === column)?.take?.tag !== "present";
}

function checkRefers(tables: readonly CompiledTable[], problems: Problems): void {
  for (const table of tables) {
    for (const column of table.columns) {
      const entity = tables.find((one) => one.declaration.name === column.safe.refers);
      const key = entity?.columns.find((one) => one.safe.role === "key");
      if (entity === undefined || key === undefined || key.type === column.type) continue;
      const place = table.declaration.columns.find((one) => one.name === column.safe.name)?.place ?? table.declaration.place;
      problems.add(
        "policy/refers-type",
        place,
        `\`${table.declaration.name}.${column.safe.name}\` is ${column.type} and the key of \`${entity.declaration.name}\` is ${key.type}: their tokens would never be equal.`,
      );
    }
  }
}
