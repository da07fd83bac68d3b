/** What is asked within a session of a relational store, whichever its protocol is: literal queries, one after the other, and what their answers mean. */
import type { Found } from "../readable/depth.ts";
import type { NotCounted } from "../readable/readable.ts";

export type Rows = readonly (readonly (Buffer | undefined)[])[];

export type Reply =
  | { readonly tag: "rows"; readonly rows: Rows }
  /** By the service's own code. `isCancelled`: by its time, or because the server had to go on: less of it may be answered. */
  | { readonly tag: "failed"; readonly isCancelled: boolean }
  /** Longer than what is read; silence, or not this protocol: nothing more can be said on this connection. */
  | { readonly tag: "too-long" }
  | { readonly tag: "broken" };

export interface Heard {
  /** The query's name. */
  readonly of: string;
  readonly reply: Reply;
}

/** Pure. */
export interface Talk<T> {
  /** By name. Each may be asked once. */
  readonly queries: Readonly<Record<string, string>>;
  /** Names are looked up in the catalog alone, and all queries see one state of it. */
  readonly isOfCatalog: boolean;
  /** After each reply, and once before the first. `isBounded`: the server ends what takes too long. */
  next(heard: readonly Heard[], isBounded: boolean): { readonly ask: string } | Found<T>;
}

export function not(why: NotCounted): Found<never> {
  return { tag: "not", why };
}

/** After it nothing can be asked. */
export function isEnd({ tag }: Reply): boolean {
  return tag === "broken" || tag === "too-long";
}

/** A row of so many whole numbers, and nothing else. */
export function numbersOf(reply: Reply | undefined, length: number): readonly number[] | undefined {
  const row = reply?.tag === "rows" && reply.rows.length === 1 ? reply.rows[0] : undefined;
  const texts = row?.map((cell) => cell?.toString("latin1") ?? "");
  return texts?.length === length && texts.every((text) => /^\d{1,15}$/.test(text)) ? texts.map(Number) : undefined;
}

/** One text, which has the shape that only it has. */
export function textTalk(query: string, shape: RegExp): Talk<string> {
  return {
    queries: { identity: query },
    isOfCatalog: true,
    next: ([first]) => {
      if (first === undefined) return { ask: "identity" };
      const { reply } = first;
      const value = reply.tag === "rows" ? reply.rows[0]?.[0]?.toString("utf8") : undefined;
      if (value !== undefined && shape.test(value)) return { tag: "found", value };
      return not(reply.tag === "failed" ? "refused" : "not-understood");
    },
  };
}

/** So many rows in an answer, and so many answers. */
export interface Pages {
  readonly inPage: number;
  readonly max: number;
  readonly query: (page: number) => string;
}

/** Tables, then columns, page by page; what is made of them is the service's. */
export function catalogTalk<C>(
  tables: Pages,
  columns: Pages,
  read: (tables: Rows, columns: Rows) => readonly C[] | undefined,
): Talk<readonly C[]> {
  const both = { tables, columns };
  const named = (what: keyof typeof both): (readonly [string, string])[] =>
    Array.from({ length: both[what].max }, (_, page) => [`${what} ${page}`, both[what].query(page)]);
  const pagesOf = (heard: readonly Heard[], what: keyof typeof both): readonly Rows[] =>
    heard.flatMap(({ of, reply }) => (of.startsWith(`${what} `) && reply.tag === "rows" ? [reply.rows] : []));
  return {
    queries: Object.fromEntries([...named("tables"), ...named("columns")]),
    isOfCatalog: true,
    next: (heard) => {
      const failed = heard.find(({ reply }) => reply.tag !== "rows")?.reply;
      if (failed !== undefined) return not(failed.tag === "failed" ? "refused" : failed.tag === "too-long" ? "too-long" : "not-understood");
      let isPart = false;
      for (const what of ["tables", "columns"] as const) {
        const pages = pagesOf(heard, what);
        const isFull = (pages.at(-1)?.length ?? both[what].inPage) >= both[what].inPage;
        if (isFull && pages.length < both[what].max) return { ask: `${what} ${pages.length}` };
        isPart ||= isFull;
      }
      const value = read(pagesOf(heard, "tables").flat(), pagesOf(heard, "columns").flat());
      return value === undefined ? not("not-understood") : { tag: "found", value, ...(isPart ? { isPart } : {}) };
    },
  };
}
