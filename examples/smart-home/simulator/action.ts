import type { Live } from "./live.ts";

/** One kind of transaction. `size` is how many rows a bulk one should have; returns how many rows changed, cascades included. */
export interface Action {
  readonly name: string;
  /** How often, against the others' weights. */
  readonly weight: number;
  readonly run: (live: Live, size: number) => Promise<number | "rollback">;
}
