/** What one set has beyond another: who is told both numbers subtracts. */
import { walkBits } from "./bits.ts";
import type { Split } from "./split.ts";
import { Units } from "./split.ts";

/** Whether there are refs in `whole` that are not in `part`, but of fewer than k units. It looks no further than the k-th. */
export function leavesFew(whole: Uint32Array, part: Uint32Array, { unit, k }: Pick<Split, "unit" | "k">): boolean {
  const units = new Units(k);
  let isEmpty = true;
  const one = new Uint32Array(1);
  for (let i = 0; i < whole.length && !units.atLeastK(0); i += 1) {
    const left = (whole[i] ?? 0) & ~(part[i] ?? 0);
    if (left === 0) continue;
    isEmpty = false;
    one[0] = left;
    const first = i << 5;
    walkBits(one, (ref) => {
      units.add(0, unit, first + ref);
      return !units.atLeastK(0);
    });
  }
  return !isEmpty && !units.atLeastK(0);
}
