/** Families of cubes that could move rows in and out of one cell, the ones that touch the fewest numbers first. */
import type { Block } from "./block.ts";
import { periodOf, valueOf } from "./block.ts";
import type { Slots } from "./moves.ts";

/** Of each list that is tried: other periods, and other values of one dimension. */
const periodsTried = 12;
const slotsTried = 32;

export interface Place {
  readonly node: number;
  readonly cell: number;
}

/** Other values of a dimension that are worth a try, best first. */
export type Partners = (dimension: number) => readonly number[];

/** Cubes with the same axes and values, at several places in time. */
export interface Family {
  readonly axes: readonly number[];
  readonly slots: readonly Slots[];
  readonly values: readonly number[];
  readonly others: readonly number[];
}

/** Families along the axes. `inUse`: slots (1) in which something happened at all: rows cannot be thought into a day that has not come. */
export function* candidates(options: {
  readonly block: Block;
  readonly inUse: Uint8Array;
  readonly place: Place;
  readonly axes: readonly number[];
  readonly partners: Partners;
}): Generator<Family> {
  const { block, inUse, place, axes, partners } = options;
  const node = block.nodes[place.node]!;
  const period = periodOf(node, place.cell);
  const values = block.sizes.map((_, dimension) => (node.dimensions.includes(dimension) ? valueOf(block, node, place.cell, dimension) : 0));
  const slots = spread(
    slotsOf(block, node.level, period).filter((slot) => inUse[slot] === 1),
    slotsTried,
  );
  const lists = new Map(axes.map((dimension) => [dimension, partners(dimension)]));
  let others: number[][] = [values.slice()];
  for (const axis of axes) others = others.flatMap((one) => (lists.get(axis) ?? []).map((value) => one.with(axis, value)));
  for (const pairs of [...otherPeriods({ block, inUse, level: node.level, period, slots }), slots.map((slot) => [slot] as const)]) {
    for (const other of others) yield { axes, slots: pairs, values, others: other };
  }
}

function slotsOf(block: Block, level: number, period: number): readonly number[] {
  const slots: number[] = [];
  for (const [slot, at] of block.levels[level]!.entries()) if (at === period) slots.push(slot);
  return slots;
}

/**
 * By other period of the level: each slot with one at the same place there (the same hour, the same weekday). First those periods
 * that share most with this one.
 */
function otherPeriods(options: {
  readonly block: Block;
  readonly inUse: Uint8Array;
  readonly level: number;
  readonly period: number;
  readonly slots: readonly number[];
}): readonly (readonly (readonly [number, number])[])[] {
  const { block, inUse, level, period, slots } = options;
  const map = block.levels[level]!;
  const first = slots[0];
  if (first === undefined) return [];
  const found: { pairs: [number, number][]; apart: number }[] = [];
  const start = map.indexOf(period);
  for (let from = 0, next = 0; from < map.length; from = next) {
    next = from + 1;
    while (next < map.length && map[next] === map[from]) next += 1;
    if (map[from] === period) continue;
    const pairs = slots
      .map((slot): [number, number] => [slot, Math.min(from + slot - start, next - 1)])
      .filter((pair) => inUse[pair[1]] === 1);
    const [pair] = pairs;
    if (pair === undefined) continue;
    found.push({ pairs, apart: block.levels.filter((one) => one[first] !== one[pair[1]]).length * 1e6 + Math.abs(from - start) });
  }
  return found
    .toSorted((a, b) => a.apart - b.apart)
    .slice(0, periodsTried)
    .map((one) => one.pairs);
}

/** At most `most` of a list, from all over it. */
function spread(list: readonly number[], most: number): readonly number[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)]!);
}

/** All subsets, the largest first. */
export function subsets(list: readonly number[]): readonly (readonly number[])[] {
  const all = Array.from({ length: 2 ** list.length }, (_, bits) => list.filter((__, i) => ((bits >> i) & 1) === 1));
  return all.toSorted((a, b) => b.length - a.length);
}
