/**
 * What linear programming says of a table from the sums of its parts: between which limits each sum lies that was not told. A column of the
 * program is one slot of time (a day), one combination of values and one measure; of a ratio there are two measures, rows that hit and rows
 * that do not.
 *
 * Where sets of dimensions were told that all share the same few (model and firmware, model and country, model and reason), there is a table
 * for each set, with the same sums over what they share in every slot. That loses nothing: such tables are always parts of one table of
 * everything.
 */
import highsLoader from "highs";
import { sequenceOf } from "../../src/lib/sequence.ts";

// The package is CommonJS whose only export is this function; its types name it as a default.
const highs = await (highsLoader as unknown as typeof highsLoader.default)();

/** `rows`: what is counted; `hits` and `misses`: the two parts of a ratio; `sum`: the values of a sum. */
export type Measure = "rows" | "hits" | "misses" | "sum";

/** So much of each measure, added up. */
export type Factors = Readonly<Partial<Record<Measure, number>>>;

/** Which columns: slots of time and values. */
export interface Place {
  readonly days: readonly string[];
  readonly where: Readonly<Record<string, readonly (string | null)[]>>;
}

/** A sum over a place, and its limits. */
export interface Knowledge {
  readonly place: Place;
  readonly factors: Factors;
  readonly least: number;
  readonly most: number;
}

export interface Target {
  readonly place: Place;
  readonly factors: Factors;
  readonly truth: number;
  /** Found, if it is bounded to so much or less. */
  readonly width: number;
  least: number;
  most: number;
  /** The same by tables of whole numbers alone; these are within the limits above. */
  leastWhole: number;
  mostWhole: number;
}

/** The combinations of one set of dimensions that occur at all. Who knows the products knows them. */
export interface Part {
  readonly names: readonly string[];
  readonly combinations: readonly Readonly<Record<string, string | null>>[];
}

export interface TableOptions {
  readonly days: readonly string[];
  /** All that is known is of a part of one of them. Any two share the same dimensions. */
  readonly parts: readonly Part[];
  readonly knowledge: readonly Knowledge[];
  readonly measures: readonly Measure[];
  /** What holds in every column. */
  readonly everywhere?: readonly Omit<Knowledge, "place">[];
}

type Model = ReturnType<typeof highs.createModel>;
type Sparse = readonly (readonly [column: number, factor: number])[];
type Row = { readonly sparse: Sparse; readonly least: number; readonly most: number };

/** Rounds with every open sum in the objective at once, before each is asked for on its own. */
const roundsTogether = 24;
/** No day has more rows of anything, unless more were told: so that every program has an end. */
const columnMost = 1e6;
const slight = 1e-6;
/** Seconds for a table of whole numbers. */
const wholeSecondsMax = 5;
/** How often each number is asked for by whole numbers. */
const turnsWhole = 4;
const dualSimplex = 1;
/** Primal simplex. */
const fromLastTable = { presolve: "off", simplex_strategy: 4 };

interface PlacedPart extends Part {
  readonly start: number;
  readonly matching: Map<string, readonly number[]>;
}

export class Table implements Disposable {
  readonly #options: TableOptions;
  readonly #problem: Parameters<typeof highs.createModel>[0];
  readonly #model: Model;
  /** Another one, for tables of whole numbers. */
  #whole: Model | undefined;
  readonly #most: number;
  readonly #parts: readonly PlacedPart[];
  readonly #days: ReadonlyMap<string, number>;
  readonly #size: number;
  solved = 0;
  solvedWhole = 0;

  constructor(options: TableOptions) {
    this.#options = options;
    this.#days = new Map(options.days.map((day, i) => [day, i]));
    let start = 0;
    this.#parts = options.parts.map((part) => {
      const placed = { ...part, start, matching: new Map() };
      start += options.days.length * part.combinations.length;
      return placed;
    });
    this.#size = start;
    const rows = [...this.#known(), ...this.#links(), ...this.#each()];
    const starts = [0];
    for (const { sparse } of rows) starts.push((starts.at(-1) ?? 0) + sparse.length);
    const columns = this.#columnCount;
    this.#most = options.knowledge.reduce((high, one) => (Number.isFinite(one.most) ? Math.max(high, one.most) : high), columnMost);
    this.#problem = {
      numCols: columns,
      numRows: rows.length,
      colCost: new Float64Array(columns),
      colLower: new Float64Array(columns),
      colUpper: new Float64Array(columns).fill(this.#most),
      rowLower: rows.map(({ least }) => least),
      rowUpper: rows.map(({ most }) => most),
      matrix: {
        format: "csr",
        numRows: rows.length,
        numCols: columns,
        starts,
        indices: rows.flatMap(({ sparse }) => sparse.map(([column]) => column)),
        values: rows.flatMap(({ sparse }) => sparse.map(([, factor]) => factor)),
      },
    };
    // Only the objective differs from program to program: the last table is where the next one begins.
    this.#model = this.#makeModel(fromLastTable);
  }

  #makeModel(options: Readonly<Record<string, string | number | boolean>>): Model {
    const model = highs.createModel(this.#problem);
    model.options.set({ output_flag: false, ...options });
    return model;
  }

  [Symbol.dispose](): void {
    this.#model.dispose();
    this.#whole?.dispose();
  }

  /** Columns of rows; those of sums stand behind them. */
  get #rowColumns(): number {
    return this.#size * this.#options.measures.filter((measure) => measure !== "sum").length;
  }

  get #columnCount(): number {
    return this.#size * this.#options.measures.length;
  }

  /** Narrows each target to what is possible. A target that may differ by more than its width is open, and is looked at no more. */
  narrow(targets: readonly Target[]): void {
    const sums = targets.map(({ place, factors }) => this.#sparse(place, factors));
    const random = sequenceOf(7);
    for (let round = 0; round < roundsTogether && targets.some((one) => !isOpen(one)); round += 1) {
      this.#look(this.#solve(this.#costsOfAll(sums, (i) => !isOpen(targets[i]!), random)), targets, sums);
    }
    for (const [i, target] of targets.entries()) {
      for (const sign of [1, -1]) {
        if (isOpen(target)) break;
        this.#look(this.#solve(this.#costsOf(sums[i] ?? [], sign)), targets, sums);
      }
    }
  }

  /**
   * The same by tables of whole numbers, for those that are open: rows are whole, and a program that does not know it finds less. At most
   * `seconds` in all; how many are left then.
   */
  narrowWhole(targets: readonly Target[], seconds: number): number {
    const sums = targets.map(({ place, factors }) => this.#sparse(place, factors));
    const isLeft = (one: Target): boolean => isOpen(one) && !isOpenWhole(one);
    const until = performance.now() + seconds * 1000;
    const random = sequenceOf(11);
    const look = (costs: Float64Array): void => {
      const table = this.#rounded(this.#solve(costs), costs);
      if (table !== undefined) this.#look(table, targets, sums);
    };
    for (let round = 0; round < roundsTogether && targets.some(isLeft) && performance.now() < until; round += 1) {
      look(this.#costsOfAll(sums, (i) => isLeft(targets[i]!), random));
    }
    for (let turn = 0; turn < turnsWhole; turn += 1) {
      for (const [i, target] of targets.entries()) {
        for (const sign of [1, -1]) {
          if (!isLeft(target) || performance.now() > until) continue;
          const costs = this.#costsOf(sums[i] ?? [], sign);
          // Another corner of the same side, for another one may have whole numbers.
          look(turn === 0 ? costs : costs.map((cost) => cost + (random() - 0.5) / 100));
        }
      }
    }
    return targets.filter(isLeft).length;
  }

  /** All those at once, each to one side. */
  #costsOfAll(sums: readonly Sparse[], isAsked: (i: number) => boolean, random: () => number): Float64Array {
    const costs = new Float64Array(this.#columnCount);
    for (const [i, sum] of sums.entries()) {
      if (!isAsked(i)) continue;
      const sign = random() < 0.5 ? -1 : 1;
      for (const [column, factor] of sum) costs[column]! += sign * factor * (0.5 + random());
    }
    return costs;
  }

  #costsOf(sum: Sparse, sign: number): Float64Array {
    const costs = new Float64Array(this.#columnCount);
    for (const [column, factor] of sum) costs[column]! += sign * factor;
    return costs;
  }

  #solve(costs: Float64Array): Float64Array {
    this.#model.changeColsCost({ kind: "range", from: 0, to: costs.length - 1 }, costs);
    this.#model.run();
    this.solved += 1;
    if (this.#model.getModelStatus() !== highs.constants.modelStatus.optimal) this.#solveAnew();
    return Float64Array.from(this.#model.getSolution().colValue);
  }

  /** From the last table on the numbers may have become too inexact: then from the beginning, as the solver likes it best. */
  #solveAnew(): void {
    this.#model.clearSolver();
    this.#model.options.set({ presolve: "on", simplex_strategy: dualSimplex });
    this.#model.run();
    const status = this.#model.getModelStatus();
    this.#model.options.set(fromLastTable);
    if (status !== highs.constants.modelStatus.optimal) throw new Error(`the linear program ended with status ${status}`);
  }

  /**
   * A table of whole numbers near one that has others, too: first with all its whole ones as they are, then with those of other slots.
   * undefined: none was found.
   */
  #rounded(table: Float64Array, costs: Float64Array): Float64Array | undefined {
    const rows = table.subarray(0, this.#rowColumns);
    const isBroken = (value: number): boolean => Math.abs(value - Math.round(value)) >= slight;
    if (!rows.some(isBroken)) return table;
    const slots = new Set([...rows.keys()].filter((column) => isBroken(rows[column]!)).map((column) => this.#slotOf(column)));
    return (
      this.#solveWhole(table, costs, (column) => isBroken(rows[column]!)) ??
      this.#solveWhole(table, costs, (column) => slots.has(this.#slotOf(column)))
    );
  }

  #slotOf(column: number): number {
    const at = column % this.#size;
    const part = must(this.#parts.findLast(({ start }) => start <= at));
    return Math.floor((at - part.start) / part.combinations.length);
  }

  #solveWhole(table: Float64Array, costs: Float64Array, isFree: (column: number) => boolean): Float64Array | undefined {
    const whole = (this.#whole ??= this.#makeModel({ presolve: "on", time_limit: wholeSecondsMax, mip_rel_gap: 0.5 }));
    const all = { kind: "range", from: 0, to: table.length - 1 } as const;
    const free = Uint8Array.from(table, (_, column) => (column >= this.#rowColumns || isFree(column) ? 1 : 0));
    whole.changeColsBounds(
      all,
      table.map((value, column) => (free[column] === 1 ? 0 : Math.round(value))),
      table.map((value, column) => (free[column] === 1 ? this.#most : Math.round(value))),
    );
    const { integer, continuous } = highs.constants.variableType;
    whole.changeColsIntegrality(
      all,
      Int32Array.from(table, (_, column) => (column < this.#rowColumns ? integer : continuous)),
    );
    whole.changeColsCost(all, costs);
    whole.run();
    this.solvedWhole += 1;
    // 2: a table that fits, if not the best one.
    if (Number(whole.info.get("primal_solution_status")) !== 2) return undefined;
    return Float64Array.from(whole.getSolution().colValue, (value, column) => (column < this.#rowColumns ? Math.round(value) : value));
  }

  #look(table: Float64Array, targets: readonly Target[], sums: readonly Sparse[]): void {
    const isWhole = table.subarray(0, this.#rowColumns).every((value) => Math.abs(value - Math.round(value)) < slight);
    for (const [i, target] of targets.entries()) {
      const sum = (sums[i] ?? []).reduce((total, [column, factor]) => total + factor * table[column]!, 0);
      target.least = Math.min(target.least, sum);
      target.most = Math.max(target.most, sum);
      if (!isWhole) continue;
      target.leastWhole = Math.min(target.leastWhole, sum);
      target.mostWhole = Math.max(target.mostWhole, sum);
    }
  }

  #known(): readonly Row[] {
    const seen = new Set<string>();
    return this.#options.knowledge.flatMap(({ place, factors, least, most }) => {
      const key = JSON.stringify([factors, place.days, Object.entries(place.where).toSorted(([a], [b]) => (a < b ? -1 : 1)), least, most]);
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ sparse: this.#sparse(place, factors), least, most }];
    });
  }

  /** Tables of two sets agree in what they share. */
  #links(): readonly Row[] {
    const [first, ...others] = this.#parts;
    return others.flatMap((other) => {
      const shared = first!.names.filter((name) => other.names.includes(name));
      const wheres = new Map(
        [...first!.combinations, ...other.combinations].map((one) => {
          const own = Object.fromEntries(shared.map((name) => [name, [one[name] ?? null]]));
          return [JSON.stringify(own), own];
        }),
      );
      return this.#options.measures.flatMap((measure) =>
        this.#options.days.flatMap((day) =>
          [...wheres.values()].map((where) => ({
            sparse: [
              ...this.#columns(first!, { days: [day], where }, measure).map((column) => [column, 1] as const),
              ...this.#columns(other, { days: [day], where }, measure).map((column) => [column, -1] as const),
            ],
            least: 0,
            most: 0,
          })),
        ),
      );
    });
  }

  #each(): readonly Row[] {
    return (this.#options.everywhere ?? []).flatMap(({ factors, least, most }) =>
      Array.from({ length: this.#size }, (_, at) => ({
        sparse: Object.entries(factors).map(
          ([measure, factor]) => [this.#options.measures.indexOf(measure as Measure) * this.#size + at, factor] as const,
        ),
        least,
        most,
      })),
    );
  }

  #sparse(place: Place, factors: Factors): Sparse {
    const part = this.#parts.find(({ names }) => Object.keys(place.where).every((name) => names.includes(name)));
    if (part === undefined) throw new Error("bug: told of dimensions that are in no set");
    return Object.entries(factors).flatMap(([measure, factor]) =>
      this.#columns(part, place, measure as Measure).map((column) => [column, factor] as const),
    );
  }

  #columns(part: PlacedPart, { days, where }: Place, measure: Measure): readonly number[] {
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

export function isOpen({ least, most, width }: Target): boolean {
  return most - least > width + slight;
}

/** Whether tables of whole numbers show it, too. */
export function isOpenWhole({ leastWhole, mostWhole, width }: Target): boolean {
  return mostWhole - leastWhole > width + slight;
}

function must<T>(found: T | undefined): T {
  if (found === undefined) throw new Error("bug: no such part");
  return found;
}
