/** Tells the server how many values became `other` or NULL since it was last told. */
import type { ColumnTrouble } from "../../policy/safe.ts";
import type { Treater } from "../../policy/treat.ts";
import type { ServerLink } from "./link.ts";

export class TroubleReport {
  readonly #treater: Treater;
  readonly #link: ServerLink;
  readonly #told = new Map<string, ColumnTrouble>();

  constructor(treater: Treater, link: ServerLink) {
    this.#treater = treater;
    this.#link = link;
  }

  async send(): Promise<void> {
    const columns: ColumnTrouble[] = [];
    for (const one of this.#treater.trouble()) {
      const name = `${one.table}.${one.column}`;
      const told = this.#told.get(name);
      const grown = { ...one, other: one.other - (told?.other ?? 0), degraded: one.degraded - (told?.degraded ?? 0) };
      if (grown.other > 0 || grown.degraded > 0) columns.push(grown);
      this.#told.set(name, one);
    }
    if (columns.length > 0) await this.#link.send({ tag: "trouble", columns });
  }
}
