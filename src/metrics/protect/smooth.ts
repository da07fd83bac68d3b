/**
 * Another table that fits all told numbers, with rows spread over the withheld cells. Where most cells hold one row or none, hardly a
 * move of whole rows can be found; from the middle of what is possible nearly every move can be made, and what it proves is the
 * same: linear programming knows no whole rows either.
 */
import { sequenceOf } from "../../lib/sequence.ts";
import type { Block } from "./block.ts";
import type { Kind, Search } from "./moves.ts";

const triesPerCell = 30;
const triesMax = 400_000;
/** Where nothing limits a move. */
const amountMax = 4;

export function smooth(options: { readonly block: Block; readonly kind: Kind; readonly inUse: Uint8Array; readonly search: Search }): void {
  const { block, kind, inUse, search } = options;
  // The same every time: what is withheld is no matter of chance.
  const random = sequenceOf(1);
  const below = (limit: number): number => Math.floor(random() * limit);
  const slots = [...inUse.entries()].flatMap(([slot, one]) => (one === 1 ? [slot] : []));
  if (slots.length === 0) return;
  const cells = block.nodes.reduce((most, node) => Math.max(most, node.size), 0);
  const dimensions = block.sizes.map((_, dimension) => dimension);
  for (let i = Math.min(triesMax, triesPerCell * cells); i > 0; i -= 1) {
    const axes = random() < 0.6 ? dimensions : dimensions.filter(() => random() < 0.7);
    const slot = slots[below(slots.length)]!;
    const other = slots[Math.min(slots.length - 1, Math.max(0, slots.indexOf(slot) + below(13) - 6))]!;
    const values = block.sizes.map(below);
    const others = block.sizes.map((size, dimension) => (values[dimension]! + 1 + below(size - 1)) % size);
    if (axes.some((axis) => block.sizes[axis] === 1)) continue;
    const cube = { axes, slots: other === slot || random() < 0.2 ? ([slot] as const) : ([slot, other] as const), values, others };
    const move = { kind, cube, fixed: dimensions, wanted: amountMax };
    search.budget = 10;
    const up = search.run({ ...move, sign: 1 });
    search.restore();
    search.budget = 10;
    const down = search.run({ ...move, sign: -1 });
    search.restore();
    search.budget = 10;
    if (up !== down) search.run({ ...move, sign: up > down ? 1 : -1, wanted: Math.abs(up - down) / 2 });
    search.keep();
  }
}
