/** When a store was last looked into with its own login, and why it could not be: kept in the state, by asset. */
import type { State } from "../../state.ts";

/** Of one asset, all its addresses together: nobody waits for it, and a store of many long tables is not read for ever. What is not counted then is noted. */
export const lookMaxMs = 300_000;

/** Milliseconds since 1970. */
export interface LookNote {
  /** All of it was counted then. Absent: never. */
  readonly goodAt?: number;
  /** Since when that is waited for. */
  readonly since: number;
  /** Why the last one could not: what the store would not tell, or the code of an error. */
  readonly because?: string;
}

export type Kept = Pick<State, "get" | "set">;

export function lookNoteOf(state: Pick<Kept, "get">, asset: string): LookNote | undefined {
  const text = state.get(nameOf(asset));
  return text === undefined ? undefined : (JSON.parse(text) as LookNote); // eslint-disable-line -- written here alone
}

/** `because`: why not all of it was counted. */
export function noteLook(
  state: Kept,
  asset: string,
  { atMs, because }: { readonly atMs: number; readonly because?: string | undefined },
): void {
  const before = lookNoteOf(state, asset);
  if (because === undefined) write(state, asset, { goodAt: atMs, since: atMs });
  else write(state, asset, { ...before, since: before?.since ?? atMs, because });
}

/** It is declared that it is looked into: from now on that is waited for. */
export function awaitLook(state: Kept, asset: string, atMs: number): LookNote {
  const before = lookNoteOf(state, asset);
  // A clock that was ahead then would put it off for as long.
  if (before !== undefined && before.since <= atMs) return before;
  const note = { ...before, since: atMs };
  write(state, asset, note);
  return note;
}

function write(state: Kept, asset: string, note: LookNote): void {
  state.set(nameOf(asset), JSON.stringify(note));
}

function nameOf(asset: string): string {
  return `guard-look:${asset}`;
}
