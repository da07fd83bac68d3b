/** Columns of a relational store, and how what is counted table by table becomes one number. */
import type { CategoryKey } from "../readable/categories.ts";
import type { Classified, Field } from "../readable/classify.ts";
import type { Counts } from "../readable/depth.ts";
import type { Count } from "../readable/readable.ts";

export interface Table {
  readonly schema: string;
  readonly name: string;
  /** Its records lie in it: not a view, whose definition may do anything, and not a table of another server's. */
  readonly isCountable: boolean;
  /** Of the server, from its last look; undefined: it does not know. */
  readonly estimate: number | undefined;
}

export interface Column<OwnTable extends Table = Table> extends Field {
  readonly table: OwnTable;
  readonly column: string;
  /** An empty text is no value. */
  readonly isText: boolean;
}

/** As a rule of names reads it: what is between dots is one name. */
export function fieldName(...parts: readonly string[]): string {
  return parts.map((part) => part.replaceAll(".", "_")).join(".");
}

/** By the column alone, with its table, or with all that is before it. */
export function isCalled({ table: { schema, name }, column }: Column, declared: string): boolean {
  return [column, `${name}.${column}`, `${schema}.${name}.${column}`].includes(declared);
}

/** What is counted of one table: the columns of each category that is in it. */
export interface Task<C extends Column = Column> {
  readonly table: C["table"];
  readonly categories: readonly (readonly [CategoryKey, readonly C[]])[];
}

/** Tables with the worst in them first: the time may not be enough for all. */
export function tasksOf<C extends Column>(columns: readonly C[], classified: Classified): readonly Task<C>[] {
  const order = new Map([...classified.keys()].map((key, i) => [key, i]));
  const keyOf = new Map([...classified].flatMap(([key, names]) => names.map((name) => [name, key] as const)));
  const tasks = [...Map.groupBy(columns, ({ table }) => table)].map(([table, own]): Task<C> => {
    const byKey = Map.groupBy(
      own.filter(({ name }) => keyOf.has(name)),
      ({ name }) => keyOf.get(name),
    );
    const categories = [...byKey].flatMap(([key, some]) => (key === undefined ? [] : [[key, some] as const]));
    return { table, categories: categories.toSorted(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0)) };
  });
  const rank = ({ categories: [first] }: Task<C>): number => (first === undefined ? order.size : (order.get(first[0]) ?? 0));
  return tasks.toSorted((a, b) => rank(a) - rank(b));
}

/** A number of which it is known that it is at least `floor`. */
export interface Amount {
  readonly kind: Count["kind"];
  readonly value: number;
  readonly floor: number;
}

const nothingKnown: Amount = { kind: "at-least", value: 0, floor: 0 };

/** What was found of one table. */
export interface Tally {
  readonly records: Amount;
  readonly byCategory: ReadonlyMap<CategoryKey, Amount>;
}

/** Of one table of which nothing was counted, by what the server estimates. */
export function estimated({ table, categories }: Task): Tally {
  const { estimate } = table;
  const records: Amount = table.isCountable && estimate !== undefined ? { kind: "about", value: estimate, floor: 0 } : nothingKnown;
  return { records, byCategory: new Map(categories.map(([key]) => [key, nothingKnown])) };
}

/** `numbers`: records, then each category in the task's order. `isPart`: of some of its records. */
export function tallied(task: Task, numbers: readonly number[], isPart: boolean): Tally {
  const amount = (value: number): Amount => ({ kind: isPart ? "at-least" : "exact", value, floor: value });
  const records = amount(numbers[0] ?? 0);
  const { estimate } = task.table;
  const isEstimated = isPart && estimate !== undefined && estimate > records.floor;
  return {
    records: isEstimated ? { kind: "about", value: estimate, floor: records.floor } : records,
    byCategory: new Map(
      task.categories.map(([key, columns], i) => {
        const own = amount(numbers[i + 1] ?? 0);
        return [key, columns.some(({ isUncountable }) => isUncountable === true) ? { ...own, kind: "at-least" } : own];
      }),
    ),
  };
}

/** Of all tables. An estimate is one as long as all that stands beside it is known. */
export function total(tallies: readonly Tally[], keys: readonly CategoryKey[]): Counts {
  return {
    records: sum(tallies.map(({ records }) => records)),
    byCategory: new Map(keys.map((key) => [key, sum(tallies.flatMap(({ byCategory }) => byCategory.get(key) ?? []))])),
  };
}

function sum(amounts: readonly Amount[]): Count {
  const floor = amounts.reduce((all, one) => all + one.floor, 0);
  if (amounts.some(({ kind }) => kind === "at-least")) return { kind: "at-least", value: floor };
  const value = amounts.reduce((all, one) => all + one.value, 0);
  return amounts.some(({ kind }) => kind === "about") ? { kind: "about", value, low: floor } : { kind: "exact", value };
}
