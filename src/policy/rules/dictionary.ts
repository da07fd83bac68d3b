/**
 * The texts of one column on one connection of the pipe: text → code, and what is new since the last message. At most
 * `dictionaryMax` texts; what comes after is `other`, so that a rule that allows too much cannot fill the memory.
 */
import type { DictionaryGrowth } from "../safe.ts";
import { codes } from "../safe.ts";

export const dictionaryMax = 250_000;

export class Dictionary {
  readonly #codes = new Map<string, number>();
  readonly #column: string;
  #fresh: string[] = [];

  constructor(column: string) {
    this.#column = column;
  }

  /** The text's code, given out when it is new; `codes.other` when the dictionary is full. */
  code(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    if (this.#codes.size >= dictionaryMax) return codes.other;
    const code = codes.first + this.#codes.size;
    this.#codes.set(text, code);
    this.#fresh.push(text);
    return code;
  }

  /** New texts since the last call. */
  takeGrowth(): DictionaryGrowth | undefined {
    if (this.#fresh.length === 0) return undefined;
    const values = this.#fresh;
    this.#fresh = [];
    return { column: this.#column, firstCode: codes.first + this.#codes.size - values.length, values };
  }
}
