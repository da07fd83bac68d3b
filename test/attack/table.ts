/**
 * What linear programming says of a table from the sums of its parts: between which limits each sum lies that was not told. A column of the
 * program is one day and one combination of values; of a ratio two, rows that hit and rows that do not.
 *
 * Where sets of dimensions were told that overlap in a few (model and firmware, model and country), there is a table for each set, with the
 * same sums over what they share on every day. That loses nothing: two such tables are always parts of one table of everything.
 */
import highsLoader from "highs";
import { sequenceOf } from "../../src/lib/sequence.ts";
import type { Bound, Said } from "./answer-set.ts";

// The package is CommonJS whose only export is this function; its types name it as a default.
const highs = await (highsLoader as unknown as typeof highsLoader.default)();

/** `rows`: what is counted; `hits` and `misses`: the two parts of a ratio; `sum`: the values of a sum. */
export type Measure = "rows" | "hits" | "misses" | "sum";

export interface Target {
  readonly said: Said;
  readonly measure: Measure;
  readonly truth: number;
  least: number;
  most: number;
}

export interface TableOptions {
  readonly days: readonly string[];
  /** Values that occur together at all. Who knows the products knows them. */
  readonly combinations: readonly Readonly<Record<string, string | null>>[];
  /** Sets of dimensions, one or two; all that was told is of a part of one of them. */
  readonly sets: readonly (readonly string[])[];
  readonly told: readonly Said[];
  readonly bounds: readonly Bound[];
  /** Sums that are within limits besides. */
  readonly within?: readonly {
    readonly said: Omit<Said, "cell">;
    readonly measure: Measure;
    readonly least: number;
    readonly most: number;
  }[];
  readonly measures: readonly Measure[];
  readonly k: number;
}

type Sparse = readonly (readonly [column: number, factor: number])[];

/** Rounds with every open sum in the objective at once, before each is asked for on its own. */
const roundsTogether = 24;

/** The combinations of one set of dimensions, and where its columns begin. */
interface Part {
  readonly names: readonly string[];
  readonly combinations: readonly Readonly<Record<string, string | null>>[];
  readonly start: number;
  readonly matching: Map<string, readonly number[]>;
}

export class Table implements Disposable {
  readonly #options: TableOptions;
  readonly #model: ReturnType<typeof highs.createModel>;
  readonly #sets: readonly Part[];
  readonly #days: ReadonlyMap<string, number>;
  readonly #size: number;
  solved = 0;

  constructor(options: TableOptions) {
    this.#options = options;
    this.#days = new Map(options.days.map((day, i) => [day, i]));
    let start = 0;
    this.#sets = options.sets.map((names) => {
      const found = new Map(
        options.combinations.map((one) => {
          const own = Object.fromEntries(names.map((name) => [name, one[name] ?? null]));
          return [JSON.stringify(own), own];
        }),
      );
      const part = { names, combinations: [...found.values()], start, matching: new Map() };
      start += options.days.length * found.size;
      return part;
    });
    this.#size = start;
    const rows = this.#constraints();
    const starts = [0];
    for (const { parts } of rows) starts.push((starts.at(-1) ?? 0) + parts.length);
    const columns = this.#size * options.measures.length;
    const zeros = new Float64Array(columns);
    this.#model = highs.createModel({
      numCols: columns,
      numRows: rows.length,
      colCost: zeros,
      colLower: zeros,
      colUpper: new Float64Array(columns).fill(highs.infinity),
      rowLower: rows.map(({ least }) => least),
      rowUpper: rows.map(({ most }) => most),
      matrix: {
        format: "csr",
        numRows: rows.length,
        numCols: columns,
        starts,
        indices: rows.flatMap(({ parts }) => parts.map(([column]) => column)),
        values: rows.flatMap(({ parts }) => parts.map(([, factor]) => factor)),
      },
    });
    this.#model.options.set({ output_flag: false });
  }

  [Symbol.dispose](): void {
    this.#model.dispose();
  }

  /** Narrows each target to what is possible. A target that may differ by more than `k` is open, and is looked at no more. */
  narrow(targets: readonly Target[], k: number): void {
    const parts = targets.map(({ said, measure }) => this.#parts(said, measure));
    const random = sequenceOf(7);
    const isOpen = ({ least, most }: Target): boolean => most - least > k + 1e-6;
    for (let round = 0; round < roundsTogether && targets.some((one) => !isOpen(one)); round += 1) {
      const costs = new Float64Array(this.#size * this.#options.measures.length);
      for (const [i, target] of targets.entries()) {
        if (isOpen(target)) continue;
        const sign = random() < 0.5 ? -1 : 1;
        for (const [column, factor] of parts[i] ?? []) costs[column]! += sign * factor * (0.5 + random());
      }
      this.#look(this.#solve(costs), targets, parts);
    }
    for (const [i, target] of targets.entries()) {
      for (const sign of [1, -1]) {
        if (isOpen(target)) break;
        const costs = new Float64Array(this.#size * this.#options.measures.length);
        for (const [column, factor] of parts[i] ?? []) costs[column]! += sign * factor;
        this.#look(this.#solve(costs), targets, parts);
      }
    }
  }

  /** The table of least cost; undefined: costs have no limit, and the ray is the table. */
  #solve(costs: Float64Array): Float64Array {
    // What has no limit is looked at as far as 10^6 rows.
    this.#model.changeColsCost({ kind: "range", from: 0, to: costs.length - 1 }, costs);
    this.#model.run();
    this.solved += 1;
    const status = this.#model.getModelStatus();
    if (status !== highs.constants.modelStatus.optimal) throw new Error(`the linear program ended with status ${status}`);
    return Float64Array.from(this.#model.getSolution().colValue);
  }

  #look(table: Float64Array, targets: readonly Target[], parts: readonly Sparse[]): void {
    for (const [i, target] of targets.entries()) {
      const sum = (parts[i] ?? []).reduce((total, [column, factor]) => total + factor * table[column]!, 0);
      target.least = Math.min(target.least, sum);
      target.most = Math.max(target.most, sum);
    }
  }

  #constraints(): readonly { readonly parts: Sparse; readonly least: number; readonly most: number }[] {
    const rows: { parts: Sparse; least: number; most: number }[] = [];
    const seen = new Set<string>();
    const { measures } = this.#options;
    const add = (said: Said, measure: Measure, value: number): void => {
      const key = JSON.stringify([measure, said.days, said.isNarrower, said.where]);
      if (seen.has(key)) return;
      seen.add(key);
      const least = said.isWider ? 0 : value;
      rows.push({ parts: this.#parts(said, measure), least, most: said.isNarrower ? highs.infinity : value });
    };
    for (const said of this.#options.told) {
      const { count, hits, sum } = said.cell;
      if (measures.includes("rows")) add(said, "rows", count);
      if (measures.includes("hits")) add(said, "hits", hits ?? 0);
      if (measures.includes("misses")) add(said, "misses", count - (hits ?? 0));
      if (measures.includes("sum")) add(said, "sum", sum ?? 0);
    }
    for (const { said, measure, least, most } of this.#options.within ?? [])
      if (measures.includes(measure)) rows.push({ parts: this.#parts(said, measure), least, most });
    return [...rows, ...this.#links(), ...this.#bounds(), ...this.#limits()];
  }

  /** "Below 25 %", "above 75 %": and at least k rows. */
  #bounds(): readonly { readonly parts: Sparse; readonly least: number; readonly most: number }[] {
    const { measures, bounds, k } = this.#options;
    if (!measures.includes("hits") || !measures.includes("misses")) return [];
    return bounds.flatMap((bound) => {
      const [hits, misses] = [this.#parts(bound, "hits"), this.#parts(bound, "misses")];
      const step = bound.below ?? bound.above ?? 0;
      const apart = [...hits.map(([column]) => [column, 1 - step] as const), ...misses.map(([column]) => [column, -step] as const)];
      return [
        { parts: [...hits, ...misses], least: k, most: highs.infinity },
        bound.below === undefined ? { parts: apart, least: 0, most: highs.infinity } : { parts: apart, least: -highs.infinity, most: 0 },
      ];
    });
  }

  /** No day has more than a million rows of anything: so that every program has an end. */
  #limits(): readonly { readonly parts: Sparse; readonly least: number; readonly most: number }[] {
    const most = 1e6 + 2 * this.#options.told.reduce((high, { cell }) => Math.max(high, cell.count, cell.sum ?? 0), 0);
    const all = Array.from({ length: this.#size * this.#options.measures.length }, (_, column) => [column, 1] as const);
    return [{ parts: all, least: 0, most }];
  }

  /** Tables of two sets agree in what they share. */
  #links(): readonly { readonly parts: Sparse; readonly least: number; readonly most: number }[] {
    const [first, second] = this.#sets;
    if (first === undefined || second === undefined) return [];
    const shared = first.names.filter((name) => second.names.includes(name));
    const values = new Map(
      this.#options.combinations.map((one) => {
        const own = Object.fromEntries(shared.map((name) => [name, [one[name] ?? null]]));
        return [JSON.stringify(own), own];
      }),
    );
    return this.#options.measures.flatMap((measure) =>
      this.#options.days.flatMap((day) =>
        [...values.values()].map((where) => ({
          parts: [
            ...this.#columns(first, [day], where, measure).map((column) => [column, 1] as const),
            ...this.#columns(second, [day], where, measure).map((column) => [column, -1] as const),
          ],
          least: 0,
          most: 0,
        })),
      ),
    );
  }

  #parts({ days, where }: Omit<Said, "cell">, measure: Measure): Sparse {
    const part = this.#sets.find(({ names }) => Object.keys(where).every((name) => names.includes(name)));
    if (part === undefined) throw new Error("bug: told of dimensions that are in no set");
    return this.#columns(part, days, where, measure).map((column) => [column, 1] as const);
  }

  #columns(part: Part, days: readonly string[], where: Said["where"], measure: Measure): readonly number[] {
    const base = this.#options.measures.indexOf(measure) * this.#size + part.start;
    const key = JSON.stringify(Object.entries(where).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    let found = part.matching.get(key);
    if (found === undefined) {
      found = part.combinations.flatMap((one, i) =>
        Object.entries(where).every(([name, values]) => values.includes(one[name] ?? null)) ? [i] : [],
      );
      part.matching.set(key, found);
    }
    const combinations = found;
    return days.flatMap((day) => {
      const slot = this.#days.get(day);
      return slot === undefined ? [] : combinations.map((one) => base + slot * part.combinations.length + one);
    });
  }
}
