/** Tables are counted one by one: each as a whole, and where that takes the server too long, a part of it. */
import type { Classified } from "../readable/classify.ts";
import type { Counts } from "../readable/depth.ts";
import type { Count } from "../readable/readable.ts";
import type { Column, Tally, Task } from "./columns.ts";
import { estimated, isCalled, tallied, tasksOf, total } from "./columns.ts";
import type { Reply, Talk } from "./talk.ts";
import { isEnd, not, numbersOf } from "./talk.ts";

/** Tables that are asked one by one; of those after them the server's own estimates are told. */
const tablesMax = 500;
/** Tables that have a column of the declared name. */
const personTablesMax = 16;
/** Of a table that is too long to be counted in time. */
export const rowsOfPart = 100_000;

/** `query`: its first number is of all records, then one of each category. */
export function countTalk<C extends Column>(
  columns: readonly C[],
  classified: Classified,
  query: (task: Task<C>, isPart: boolean) => string,
): Talk<Counts> {
  const tasks = tasksOf(columns, classified);
  const asked = tasks.filter(({ table }) => table.isCountable).slice(0, tablesMax);
  return {
    queries: Object.fromEntries(
      asked.flatMap((task, i) => [
        [`whole ${i}`, query(task, false)],
        [`part ${i}`, query(task, true)],
      ]),
    ),
    isOfCatalog: false,
    next: (heard, isBounded) => {
      if (heard[0] !== undefined && isEnd(heard[0].reply)) return not("not-understood");
      const replies = new Map(heard.map(({ of, reply }) => [of, reply]));
      const isOver = heard.some(({ reply }) => isEnd(reply));
      const tallies = new Map<Task, Tally>();
      for (const [i, task] of asked.entries()) {
        const found = tallyOf(task, { whole: replies.get(`whole ${i}`), part: replies.get(`part ${i}`), isBounded });
        if (typeof found !== "string") tallies.set(task, found);
        else if (!isOver) return { ask: `${found} ${i}` };
      }
      const all = tasks.map((task) => tallies.get(task) ?? estimated(task));
      return { tag: "found", value: total(all, [...classified.keys()]) };
    },
  };
}

interface Asked {
  readonly whole: Reply | undefined;
  readonly part: Reply | undefined;
  readonly isBounded: boolean;
}

/** Or which of them is to be asked. */
function tallyOf(task: Task, asked: Asked): Tally | "whole" | "part" {
  const next = nextOf(asked);
  if (next !== undefined) return next;
  const numbers = numbersOf(asked.part ?? asked.whole, task.categories.length + 1);
  // A part that is less than what was asked for is all that there is.
  return numbers === undefined ? estimated(task) : tallied(task, numbers, asked.part !== undefined && (numbers[0] ?? 0) >= rowsOfPart);
}

/** What could take any time is not begun where nobody ends it. */
function nextOf({ whole, part, isBounded }: Asked): "whole" | "part" | undefined {
  if (isBounded && whole === undefined) return "whole";
  const wantsPart = !isBounded || (whole?.tag === "failed" && whole.isCancelled);
  return wantsPart && part === undefined ? "part" : undefined;
}

/** Distinct values of whatever columns are meant. `query` of none of them is never made. */
export function personsTalk<C extends Column>(
  columns: readonly C[],
  declared: string,
  options: { readonly isUsable: (column: C) => boolean; readonly query: (columns: readonly C[], isPart: boolean) => string },
): Talk<Count> {
  const called = columns.filter((column) => isCalled(column, declared));
  const own = called.filter((column) => column.isUncountable !== true && options.isUsable(column)).slice(0, personTablesMax);
  const isAll = own.length === called.length;
  return {
    queries: own.length === 0 ? {} : { whole: options.query(own, false), part: options.query(own, true) },
    isOfCatalog: false,
    next: (heard, isBounded) => {
      if (own.length === 0) return not("refused");
      const replies = new Map(heard.map(({ of, reply }) => [of, reply]));
      const [whole, part] = [replies.get("whole"), replies.get("part")];
      const ask = heard.some(({ reply }) => isEnd(reply)) ? undefined : nextOf({ whole, part, isBounded });
      if (ask !== undefined) return { ask };
      const value = numbersOf(part ?? whole, 1)?.[0];
      if (value === undefined) return not((part ?? whole)?.tag === "failed" ? "refused" : "not-understood");
      return { tag: "found", value: { kind: part !== undefined || !isAll ? "at-least" : "exact", value } };
    },
  };
}
