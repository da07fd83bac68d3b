/** Which cuboid of a metric is built from which finer one. */
import type { CuboidSpec } from "../cuboid.ts";

const nests: Record<CuboidSpec["grain"], readonly CuboidSpec["grain"][]> = {
  hour: ["hour", "day", "week", "month", "all"],
  day: ["day", "week", "month", "all"],
  week: ["week", "all"],
  month: ["month", "all"],
  all: ["all"],
};

/** By cuboid: index of the finer one that it is built from; undefined: from rows. */
export function sourcesOf(cuboids: readonly CuboidSpec[]): (number | undefined)[] {
  return cuboids.map((cuboid, i) => sourceOf(cuboids, i, cuboid));
}

/** The smallest cuboid from which another follows: at least its dimensions, a grain that nests in its. */
function sourceOf(cuboids: readonly CuboidSpec[], index: number, cuboid: CuboidSpec): number | undefined {
  let best: number | undefined;
  const size = (one: CuboidSpec): number => one.dimensions.length * 10 + nests[one.grain].length;
  cuboids.forEach((other, i) => {
    const finer =
      i !== index && nests[other.grain].includes(cuboid.grain) && cuboid.dimensions.every((one) => other.dimensions.includes(one));
    // Two equal cuboids: the second follows from the first.
    const equal = other.grain === cuboid.grain && other.dimensions.length === cuboid.dimensions.length;
    if (!finer || (equal && i > index)) return;
    const known = best === undefined ? undefined : cuboids[best];
    if (known === undefined || size(other) < size(known)) best = i;
  });
  return best;
}
