/* oxlint-disable max-depth -- two searches over signs, axes, families and kinds: each loop is one line */
/**
 * Complementary suppression with certificates. Every withheld cell must be able to take more than k different values for all that
 * is told: shown by moves (moves.ts), the sum of which is the certificate. Where none can be had, more is withheld until one can.
 */
import { assert } from "../../lib/assert.ts";
import type { Block } from "./block.ts";
import { periodOf, valueOf } from "./block.ts";
import type { Family, Place } from "./candidates.ts";
import { candidates, subsets } from "./candidates.ts";
import { smooth } from "./smooth.ts";
import type { Allowance, Kind, Move } from "./moves.ts";
import { Search } from "./moves.ts";

const certifyBudget = 4_000;
const hideBudget = 10_000;
const triesEach = 500;
const hiddenPartners = 24;
const toldPartners = 6;

export interface Completion {
  readonly block: Block;
  /** Kinds of moves that prove something about the cells that are withheld; they add up. */
  readonly kinds: readonly Kind[];
  /** Withheld cells (1) by node; grows. It is the `hidden` of those kinds that may have more withheld. */
  readonly hidden: readonly Uint8Array[];
  /** The number that is withheld. */
  readonly counts: readonly Float64Array[];
  /** Cells that need no certificate here (1): they have one, of another block. */
  readonly certified: readonly Uint8Array[];
  readonly inUse: Uint8Array;
  readonly k: number;
  /** Cells (1) that may have all their rows in another block, where their certificate then is. */
  readonly shared?: readonly Uint8Array[];
}

interface Choice {
  readonly family: Family;
  readonly kind: Kind;
  readonly sign: 1 | -1;
  readonly allowance: Allowance;
  readonly score: number;
}

/** Withholds what is needed, in place; cells with a certificate are marked in `certified`, and keep it when more is withheld. */
export class Completer {
  readonly #options: Completion;
  readonly #search: Search;
  readonly #queue: Place[] = [];
  /** By node, 1: without dimensions. */
  readonly #totals: Uint8Array;
  /** What was chosen for a cell is tried first when it is looked at again. */
  readonly #chosen = new Map<string, readonly Choice[]>();

  constructor(options: Completion) {
    this.#options = options;
    this.#search = new Search(options.block);
    this.#totals = Uint8Array.from(options.block.nodes, ({ dimensions }) => (dimensions.length === 0 ? 1 : 0));
    for (const kind of options.kinds) smooth({ block: options.block, kind, inUse: options.inUse, search: this.#search });
  }

  /** Finds a certificate for every withheld cell that has none yet. */
  settle(): void {
    const { block, hidden, counts } = this.#options;
    const order = block.nodes.map((_, i) => i).toSorted((a, b) => block.nodes[a]!.size - block.nodes[b]!.size);
    for (const node of order) {
      for (let cell = 0; cell < hidden[node]!.length; cell += 1) {
        if (hidden[node]![cell] === 1 && counts[node]![cell]! > 0) this.#ensure({ node, cell });
      }
    }
    for (let place = this.#queue.shift(); place !== undefined; place = this.#queue.shift()) this.#ensure(place);
  }

  #ensure(place: Place): void {
    const { certified, k } = this.#options;
    const done = certified[place.node]!;
    if (done[place.cell] === 1) return;
    // Of a week that two months share this month may have no day yet: the other one has its rows, and its certificate.
    if (!this.#isHere(place)) return;
    for (let round = 0; done[place.cell] === 0; round += 1) {
      const room = this.#room(place);
      if (room > k) done[place.cell] = 1;
      else if (!this.#hideMore(place, k + 1 - room)) return;
      assert(round < 1_000, "a cell that finds no certificate");
    }
  }

  #isHere({ node, cell }: Place): boolean {
    const { block, inUse } = this.#options;
    const one = block.nodes[node]!;
    const map = block.levels[one.level]!;
    const period = periodOf(one, cell);
    return inUse.some((used, slot) => used === 1 && map[slot] === period);
  }

  /** By how much the cell can differ, up and down together, as far as moves of withheld cells show; at most k + 1. */
  #room(place: Place): number {
    const { block, k, kinds, inUse } = this.#options;
    const fixed = block.nodes[place.node]!.dimensions;
    const partners = (dimension: number): readonly number[] => this.#partners(place, dimension, false);
    let room = 0;
    for (const sign of [1, -1] as const) {
      this.#search.budget = certifyBudget;
      for (const { kind, family } of this.#chosen.get(keyOf(place)) ?? []) {
        if (room <= k) room += this.#run({ kind, family, fixed, sign, wanted: k + 1 - room });
      }
      if (room > k) break;
      for (const axes of subsets(fixed)) {
        this.#search.budget = certifyBudget;
        for (const family of candidates({ block, inUse, place, axes, partners })) {
          for (const kind of kinds) if (room <= k) room += this.#run({ kind, family, fixed, sign, wanted: k + 1 - room });
          if (room > k || this.#search.budget < 0) break;
        }
        if (room > k) break;
      }
      this.#search.restore();
      if (room > k) break;
    }
    return room;
  }

  /** Withholds the cells of the move that costs least for what it gives. false: there is none, for the cell has no rows in this block. */
  #hideMore(place: Place, wanted: number): boolean {
    // Totals are withheld last: they are what people ask for first.
    const spared = this.#totals;
    const choice =
      this.#choose(place, wanted, { everywhere: false, spared }) ??
      this.#choose(place, wanted, { everywhere: true, spared }) ??
      this.#choose(place, wanted, { everywhere: true });
    assert(choice !== undefined || this.#options.shared?.[place.node]?.[place.cell] === 1, "a cell that no move can protect");
    if (choice === undefined) return false;
    const key = keyOf(place);
    this.#chosen.set(key, [...(this.#chosen.get(key) ?? []), choice]);
    this.#search.budget = hideBudget;
    const fixed = this.#options.block.nodes[place.node]!.dimensions;
    this.#run({ ...choice, fixed, wanted, seen: (node, cell) => this.#hide(node, cell) });
    this.#search.restore();
    return true;
  }

  /** Rows moved by a family of cubes. */
  #run({ family, kind, fixed, sign, wanted, allowance, seen }: Omit<Move, "cube"> & { readonly family: Family }): number {
    const { axes, others } = family;
    const values = family.values.slice();
    let found = 0;
    for (let i = 0; i < family.slots.length && found < wanted; i += 1) {
      const cube = { axes, slots: family.slots[i]!, values, others };
      found += this.#search.run({ kind, cube, fixed, sign, wanted: wanted - found, allowance, seen });
    }
    return found;
  }

  #hide(node: number, cell: number): void {
    const { hidden, counts } = this.#options;
    if (hidden[node]![cell] === 1) return;
    hidden[node]![cell] = 1;
    if (counts[node]![cell]! > 0) this.#queue.push({ node, cell });
  }

  #choose(place: Place, wanted: number, allowance: Allowance): Choice | undefined {
    const { block, inUse, kinds, hidden, counts } = this.#options;
    const fixed = block.nodes[place.node]!.dimensions;
    const growing = kinds.filter((kind) => kind.hidden === hidden);
    const partners = (dimension: number): readonly number[] => this.#partners(place, dimension, true);
    let best: Choice | undefined;
    for (const axes of subsets(fixed)) {
      let budget = hideBudget;
      for (const family of candidates({ block, inUse, place, axes, partners })) {
        for (const kind of growing) {
          for (const sign of [1, -1] as const) {
            const touched = new Map<number, number>();
            const seen = (node: number, cell: number): void => {
              if (hidden[node]![cell] === 0) touched.set(cell * block.nodes.length + node, 1 + counts[node]![cell]!);
            };
            this.#search.budget = triesEach;
            const gain = this.#run({ kind, family, fixed, sign, wanted, allowance, seen });
            this.#search.restore();
            budget -= triesEach - Math.max(0, this.#search.budget);
            if (gain === 0 || touched.size === 0) continue;
            const cost = touched.values().reduce((sum, one) => sum + one, 0);
            const score = (cost * wanted) / gain;
            if (best === undefined || score < best.score) best = { family, kind, sign, allowance, score };
          }
        }
        if (budget < 0) break;
      }
    }
    return best;
  }

  /** Other values of one of the cell's dimensions: withheld ones, those with most rows first; then told ones, the smallest first. */
  #partners(place: Place, dimension: number, isTold: boolean): readonly number[] {
    const { block, hidden, counts } = this.#options;
    const node = block.nodes[place.node]!;
    const value = valueOf(block, node, place.cell, dimension);
    const base = place.cell - value * node.strides[dimension]!;
    const withheld: [number, number][] = [];
    const told: [number, number][] = [];
    for (let other = 0; other < block.sizes[dimension]!; other += 1) {
      const cell = base + other * node.strides[dimension]!;
      if (other !== value) (hidden[place.node]![cell] === 1 ? withheld : told).push([other, counts[place.node]![cell]!]);
    }
    const first = withheld.toSorted((a, b) => b[1] - a[1]).slice(0, hiddenPartners);
    const second = isTold ? told.toSorted((a, b) => a[1] - b[1]).slice(0, toldPartners) : [];
    return [...first, ...second].map(([other]) => other);
  }
}

function keyOf({ node, cell }: Place): string {
  return `${node} ${cell}`;
}
