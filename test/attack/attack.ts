/**
 * An attack on withheld numbers: takes everything that a viewer can get of a metric over one range, then asks by linear programming how
 * far each withheld cell is bounded. It knows answers alone; the analyst's are for scoring.
 */
import highsLoader from "highs";
import type { Answer, AnswerCell } from "../../src/metrics/answer.ts";

/** Gives an answer, or undefined where the question is refused. `query` as after `?`. */
export type Asker = (query: string) => Promise<Answer | undefined>;

export interface Score {
  /** Cells with rows that the viewer is not shown, and all cells. */
  readonly withheld: number;
  readonly cells: number;
  /** Withheld ones that are bounded to k or less. */
  readonly recovered: number;
}

interface Asked {
  readonly dimensions: readonly string[];
  readonly grain: string;
  readonly answer: Answer;
}

// The package is CommonJS whose only export is this function; its types name it as a default.
const highs = await (highsLoader as unknown as typeof highsLoader.default)();

/** `range` as `from=…&to=…`, of whole months; all splits of up to two of the dimensions, at the grains. */
export async function attack(options: {
  readonly viewer: Asker;
  readonly analyst: Asker;
  readonly dimensions: readonly string[];
  readonly grains: readonly string[];
  readonly range: string;
}): Promise<Score> {
  const { viewer, analyst } = options;
  const shown: Asked[] = [];
  const truth: Asked[] = [];
  for (const dimensions of splits(options.dimensions)) {
    for (const grain of options.grains) {
      const query = `grain=${grain}&${options.range}${dimensions.length === 0 ? "" : `&by=${dimensions.join(",")}`}`;
      const told = await viewer(query);
      const known = await analyst(query);
      if (told === undefined || known === undefined) continue;
      shown.push({ dimensions, grain, answer: told });
      truth.push({ dimensions, grain, answer: known });
    }
  }
  const model = new Model(shown, truth);
  let withheld = 0;
  let cells = 0;
  let recovered = 0;
  for (const [i, asked] of truth.entries()) {
    const told = new Set(shown[i]?.answer.cells.map((cell) => keyOf(asked, cell)));
    for (const cell of asked.answer.cells) {
      cells += 1;
      if (told.has(keyOf(asked, cell))) continue;
      withheld += 1;
      if (model.width(asked, cell) <= asked.answer.k + 1e-6) recovered += 1;
    }
  }
  return { withheld, cells, recovered };
}

function splits(dimensions: readonly string[]): readonly (readonly string[])[] {
  const all = Array.from({ length: 2 ** dimensions.length }, (_, bits) => dimensions.filter((__, i) => ((bits >> i) & 1) === 1));
  return all.filter((one) => one.length <= 2);
}

function keyOf({ grain, dimensions }: Pick<Asked, "grain" | "dimensions">, cell: Pick<AnswerCell, "period" | "by">): string {
  return JSON.stringify([grain, cell.period, dimensions, dimensions.map((name) => cell.by[name])]);
}

/** Sums of the days of told periods and of the values of told splits. Which values there are is no secret: the catalogue says it. */
class Model {
  readonly #names = new Map<string, string>();
  readonly #days = new Map<string, readonly string[]>();
  readonly #values = new Map<string, readonly (string | null)[]>();
  readonly #constraints: string[] = [];
  readonly #all: string[];

  constructor(asked: readonly Asked[], truth: readonly Asked[]) {
    this.#all = [...new Set(truth.flatMap((one) => one.answer.cells.map((cell) => cell.by)).flatMap((by) => Object.keys(by)))].toSorted();
    for (const name of this.#all) {
      this.#values.set(name, [
        ...new Set(truth.flatMap((one) => one.answer.cells.flatMap(({ by }) => (name in by ? [by[name] ?? null] : [])))),
      ]);
    }
    const from = Temporal.PlainDate.from(asked[0]?.answer.question.from ?? "2026-01-01");
    const count = from.until(asked[0]?.answer.question.to ?? from).days;
    const days = Array.from({ length: count }, (_, i) => from.add({ days: i }).toString());
    for (const day of days) {
      const date = Temporal.PlainDate.from(day);
      for (const period of [day, day.slice(0, 7), `week ${date.subtract({ days: date.dayOfWeek - 1 }).toString()}`]) {
        this.#days.set(period, [...(this.#days.get(period) ?? []), day]);
      }
    }
    for (const one of asked) {
      for (const cell of one.answer.cells) this.#constraints.push(`${this.#sum(one, cell)} = ${cell.count}`);
    }
  }

  #sum({ grain, dimensions }: Asked, cell: AnswerCell): string {
    const period = cell.period ?? "";
    const days = this.#days.get(grain === "week" ? `week ${period}` : period) ?? [];
    let tuples: (string | null)[][] = [[]];
    for (const name of this.#all) {
      const values = dimensions.includes(name) ? [cell.by[name] ?? null] : (this.#values.get(name) ?? []);
      tuples = tuples.flatMap((tuple) => values.map((value) => [...tuple, value]));
    }
    return days.flatMap((day) => tuples.map((tuple) => this.#name(JSON.stringify([day, tuple])))).join(" + ");
  }

  #name(key: string): string {
    const found = this.#names.get(key) ?? `x${this.#names.size}`;
    this.#names.set(key, found);
    return found;
  }

  width(asked: Asked, cell: AnswerCell): number {
    const [least, most] = ["Minimize", "Maximize"].map((way) => {
      const solution = highs.solve(`${way}\n obj: ${this.#sum(asked, cell)}\nSubject To\n ${this.#constraints.join("\n ")}\nEnd`);
      return solution.Status === "Optimal" ? solution.ObjectiveValue : way === "Minimize" ? 0 : Infinity;
    });
    return (most ?? Infinity) - (least ?? 0);
  }
}
