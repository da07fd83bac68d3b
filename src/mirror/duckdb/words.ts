/**
 * Dictionaries of text columns. A text has one durable code per table and column, given out in order from `codes.first`. The codes
 * on the pipe are those of one connection; here they become durable ones.
 */
import { assert } from "../../lib/assert.ts";
import type { DictionaryGrowth } from "../../policy/safe.ts";
import { codes } from "../../policy/safe.ts";

/** What is not yet written to the store. */
export interface NewWord {
  readonly table: string;
  readonly column: string;
  readonly code: number;
  readonly value: string;
}

export class Words {
  readonly #columns = new Map<string, WordColumn>();
  readonly #table: string;
  #fresh: NewWord[] = [];

  constructor(table: string) {
    this.#table = table;
  }

  column(name: string): WordColumn {
    let column = this.#columns.get(name);
    if (column === undefined) {
      column = new WordColumn();
      this.#columns.set(name, column);
    }
    return column;
  }

  /** A new connection of the pipe: its codes start anew. */
  forgetPipe(): void {
    for (const column of this.#columns.values()) column.forgetPipe();
  }

  grow(growth: readonly DictionaryGrowth[]): void {
    for (const { column, firstCode, values } of growth) {
      const words = this.column(column);
      values.forEach((value, i) => {
        const { code, fresh } = words.learn(firstCode + i, value);
        if (fresh) this.#fresh.push({ table: this.#table, column, code, value });
      });
    }
  }

  /** The durable code of a word that did not come through the pipe. */
  codeOf(column: string, value: string): number {
    const { code, fresh } = this.column(column).codeOf(value);
    if (fresh) this.#fresh.push({ table: this.#table, column, code, value });
    return code;
  }

  /** Words that the store does not have yet; each is given once. */
  takeFresh(): readonly NewWord[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }
}

export class WordColumn {
  readonly #codes = new Map<string, number>();
  /** By durable code; also of words that are not committed yet. */
  readonly texts = new Map<number, string>();
  /** Durable code by pipe code. */
  #pipe: Int32Array = new Int32Array(64);
  #pipeCount: number = codes.first;
  /** Whether pipe and durable codes are the same so far, as on the first connection. */
  #same = true;
  readonly #listeners: ((code: number, value: string) => void)[] = [];

  constructor() {
    this.forgetPipe();
  }

  forgetPipe(): void {
    this.#pipeCount = codes.first;
    this.#same = true;
    this.#pipe.set([codes.null, codes.unknown, codes.other]);
  }

  /** Calls `listener` for every word, known and to come. */
  watch(listener: (code: number, value: string) => void): void {
    for (const [value, code] of this.#codes) listener(code, value);
    this.#listeners.push(listener);
  }

  learn(pipeCode: number, value: string): { readonly code: number; readonly fresh: boolean } {
    assert(pipeCode === this.#pipeCount, "dictionary codes in order");
    const { code, fresh } = this.codeOf(value);
    if (pipeCode === this.#pipe.length) {
      const pipe = new Int32Array(this.#pipe.length * 2);
      pipe.set(this.#pipe);
      this.#pipe = pipe;
    }
    this.#pipe[pipeCode] = code;
    this.#pipeCount += 1;
    if (code !== pipeCode) this.#same = false;
    return { code, fresh };
  }

  codeOf(value: string): { readonly code: number; readonly fresh: boolean } {
    const known = this.#codes.get(value);
    return { code: known ?? this.restore(this.#codes.size + codes.first, value), fresh: known === undefined };
  }

  restore(code: number, value: string): number {
    this.#codes.set(value, code);
    this.texts.set(code, value);
    for (const listener of this.#listeners) listener(code, value);
    return code;
  }

  /** Durable codes of a column of pipe codes; the same array where nothing changes. */
  durable(data: Int32Array): Int32Array {
    const limit = this.#pipeCount;
    const out = this.#same ? data : new Int32Array(data.length);
    for (let i = 0; i < data.length; i += 1) {
      const code = data[i] as number; // eslint-disable-line -- inside
      assert(code >= 0 && code < limit, "a dictionary code that was announced");
      out[i] = this.#pipe[code] as number; // eslint-disable-line -- inside
    }
    return out;
  }
}
