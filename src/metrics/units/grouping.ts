/** Refs of entities put into groups by the values of dimensions: one number by ref, whatever was asked. */
import { VitrineError } from "../../model/error.ts";
import type { DimensionReading } from "../../mirror/reading.ts";
import type { Split } from "./split.ts";

/** Of more combinations than this no array of them is made. */
const tableMax = 1 << 22;

/** By ref a group; group 0 is what the filters leave out, unless `codesOf(0)` says what it is. */
export interface Grouping {
  readonly groups: Uint16Array | Int32Array;
  /** All groups are below it. */
  readonly size: number;
  /** The integers of the dimensions; undefined: left out. */
  codesOf(group: number): readonly number[] | undefined;
}

/** Throws `metrics/too-many-cells` where entities have more combinations than can be told apart. */
export function groupingOf(split: Split): Grouping {
  const [only] = split.dimensions;
  if (only !== undefined && split.dimensions.length === 1 && split.filters.length === 0)
    return { groups: only.places, size: only.codes.length, codesOf: (group) => [only.codes[group] ?? 0] };
  return combined(split);
}

/** Few combinations are numbered whether anybody has them or not: that takes no table. */
const smallMax = 1 << 16;

function combined(split: Split): Grouping {
  const size = split.dimensions.reduce((product, { codes }) => product * codes.length, 1) + 1;
  return size <= smallMax ? small(split, size) : large(split);
}

/** Group 1 + a + (codes of a) × b + …; 0 is left out. */
function small({ dimensions, filters, count }: Split, size: number): Grouping {
  const groups = new Uint16Array(count).fill(1);
  let width = 1;
  for (const { places, codes } of dimensions) {
    for (let ref = 0; ref < count; ref++) groups[ref] = (groups[ref] as number) + width * (places[ref] as number); // eslint-disable-line -- inside
    width *= codes.length;
  }
  leaveOut(groups, filters);
  const codesOf = (group: number): readonly number[] => {
    let rest = group - 1;
    return dimensions.map(({ codes }) => {
      const place = rest % codes.length;
      rest = Math.floor(rest / codes.length);
      return codes[place] ?? 0;
    });
  };
  return { groups, size, codesOf: (group) => (group === 0 ? undefined : codesOf(group)) };
}

function leaveOut(groups: Uint16Array | Int32Array, filters: Split["filters"]): void {
  for (const { of, codes } of filters) {
    const passes = Uint8Array.from(of.codes, (code) => (codes.has(code) ? 1 : 0));
    const { places } = of;
    for (let ref = 0; ref < groups.length; ref++) if (passes[places[ref] as number] !== 1) groups[ref] = 0; // eslint-disable-line -- inside
  }
}

function large({ dimensions, filters, count }: Split): Grouping {
  let groups: Int32Array = new Int32Array(count).fill(1);
  let known: readonly (readonly number[])[] = [[], []];
  for (const dimension of dimensions) ({ groups, known } = refined({ groups, known }, dimension));
  leaveOut(groups, filters);
  return { groups, size: known.length, codesOf: (group) => (group === 0 ? undefined : known[group]) };
}

interface Refined {
  readonly groups: Int32Array;
  /** The integers that lead to a group. */
  readonly known: readonly (readonly number[])[];
}

/** Each group falls into those of it with the same value. */
function refined({ groups, known }: Refined, { places, codes }: DimensionReading): Refined {
  const next: (readonly number[])[] = [[]];
  const width = codes.length;
  if (known.length * width > tableMax) throw tooManyGroups(tableMax);
  const table = new Int32Array(known.length * width);
  for (let ref = 0; ref < groups.length; ref++) {
    const place = places[ref] ?? 0;
    const at = (groups[ref] ?? 0) * width + place;
    let group = table[at] ?? 0;
    if (group === 0) {
      group = next.push([...(known[groups[ref] ?? 0] ?? []), codes[place] ?? 0]) - 1;
      table[at] = group;
    }
    groups[ref] = group;
  }
  return { groups, known: next };
}

export function tooManyGroups(max: number): VitrineError {
  return new VitrineError("metrics/too-many-cells", { message: `The answer would have more than ${max} cells.` });
}
