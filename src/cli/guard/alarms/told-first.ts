/**
 * Which ways out are told first, for who tells something and holds none of their secrets: the watch, which does, leaves their names in the state.
 * What is told while no watch has ever run has no way out yet; the watch tells of it with its next reminder.
 */
import type { State } from "../../state.ts";

const name = "guard-told-first";

export function leaveFirstChannels(state: Pick<State, "set">, channels: readonly string[]): void {
  state.set(name, JSON.stringify(channels));
}

export function firstChannels(state: Pick<State, "get">): readonly string[] {
  return JSON.parse(state.get(name) ?? "[]") as readonly string[]; // eslint-disable-line -- written here alone
}
