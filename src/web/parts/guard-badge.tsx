/** Whether anybody looks, on the guard's page: in the header always, and above everything while nobody does. */
import type { ComponentChildren, JSX } from "preact";
import { everyMs } from "../state/guard.ts";
import type { Guard } from "../state/guard.ts";
import { Said } from "./said.tsx";
import { Moment } from "./seen.tsx";

type State = "waiting" | "nothing" | "ready" | "stale" | "away";

const words: Readonly<Record<State, { readonly symbol: string; readonly word: string }>> = {
  waiting: { symbol: "○", word: "Asking" },
  nothing: { symbol: "○", word: "Nothing to watch" },
  ready: { symbol: "●", word: "Watching" },
  stale: { symbol: "▲", word: "Nobody is watching" },
  away: { symbol: "✕", word: "No connection" },
};

function stateOf({ known, problem }: Guard): State {
  if (known === undefined) return problem === undefined ? "waiting" : "away";
  if (known.isAway) return "away";
  if (known.assets.watch.state === "watching") return "ready";
  return known.assets.assets.length === 0 ? "nothing" : "stale";
}

export function GuardBadge({ guard }: { readonly guard: Guard }): JSX.Element {
  const state = stateOf(guard);
  const { symbol, word } = words[state];
  return (
    <p class={`freshness is-${state}`}>
      <span class="freshness-state" aria-hidden="true">
        <span class="freshness-symbol">{symbol}</span>
        {word}
      </span>
      <span class="unseen" role="status">
        {word}
      </span>
      <span class="live" role="status">
        {state === "away" || state === "waiting" ? "" : liveWords[guard.live]}
      </span>
    </p>
  );
}

const liveWords: Readonly<Record<Guard["live"], string>> = {
  connecting: "",
  live: "live",
  lost: `not live: asked every ${everyMs.lost / 1000} s`,
};

export function GuardWarning({ guard }: { readonly guard: Guard }): JSX.Element | null {
  const { known } = guard;
  if (known === undefined) return null;
  const { watch } = known.assets;
  if (known.isAway)
    return (
      <Warning kind="away">
        <p>The server does not answer. What stands below was so at the last answer; nobody knows whether it is so now.</p>
      </Warning>
    );
  if (stateOf(guard) !== "stale") return null;
  return (
    <Warning kind="stale">
      <p>
        {watch.since === undefined ? (
          "The watch has never been begun."
        ) : (
          <>
            No check has been made since <Moment at={watch.since} nowMs={guard.nowMs()} />.
          </>
        )}{" "}
        A store that is opened now is seen by nobody.{" "}
        {watch.failing === undefined ? (
          <>
            <code>vitrine run</code> or <code>vitrine guard watch</code> begins it.
          </>
        ) : null}
      </p>
      {watch.failing === undefined ? null : (
        <p>
          The watch was started {watch.failing.restarts} times, and ends each time: <Said text={watch.failing.message} />{" "}
          <Said text={watch.failing.remedy} /> <code>{watch.failing.code}</code>
        </p>
      )}
    </Warning>
  );
}

function Warning({ kind, children }: { readonly kind: "stale" | "away"; readonly children: ComponentChildren }): JSX.Element {
  const { symbol, word } = words[kind];
  return (
    <section class="warning is-away" aria-label="State of the watch">
      <p class="warning-head">
        <span aria-hidden="true">{symbol} </span>
        {word}
      </p>
      {children}
    </section>
  );
}
