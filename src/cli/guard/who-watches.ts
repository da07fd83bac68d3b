/** Whether anybody looks, by what the watch said of itself, and who started it of its end. */
import type { GuardWatch } from "../../api/contract.ts";
import type { State } from "../state.ts";
import { watchingMs } from "../state/guard.ts";

/** `nowMs`: milliseconds since 1970. */
export function whoWatches(state: Pick<State, "guard">, nowMs: number): GuardWatch {
  const said = state.guard.watching();
  if (said === undefined) return { state: "not-watching" };
  const { failing } = said;
  // It was started a moment ago, as so often: nobody knows that it watches.
  if (failing?.isLoop === true) {
    const { since, restarts, code, message, remedy } = failing;
    return { state: "not-watching", since: iso(since), failing: { restarts, code, message, remedy } };
  }
  // Also what was said in a future, by a clock that was set back since: whether anybody still watches is not known by it.
  const isSilent = said.isWatching && Math.abs(nowMs - said.at) > watchingMs;
  if (said.isWatching && !isSilent) return { state: "watching", since: iso(said.since) };
  return { state: "not-watching", since: iso(isSilent ? said.at : said.since) };
}

/** In a line or two, for a person. undefined: somebody does. */
export function nobodyWatches({ state, since, failing }: GuardWatch): string | undefined {
  if (state === "watching") return undefined;
  if (failing !== undefined)
    return `Nobody watches since ${since}: the watch was started ${failing.restarts} times and ends each time. ${failing.code}: ${failing.message} ${failing.remedy}`;
  const what = since === undefined ? "Nobody has watched yet" : `Nobody watches now, since ${since}: what has changed is not known`;
  return `${what}. \`vitrine guard watch\` or \`vitrine run\` does.`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
