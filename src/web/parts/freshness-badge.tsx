/** The line that is on every page: as of when the numbers are proven, and how long ago that was. Anything but proven is a warning. */
import { Fragment } from "preact";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatAge } from "../numbers/format.ts";
import type { Freshness } from "../state/freshness.ts";
import { freshness, subscribe } from "../state/freshness.ts";
import { Said } from "./said.tsx";

const tickMs = 200;

export function useFreshness(): Freshness {
  const [now, setNow] = useState(() => freshness(performance.now()));
  useEffect(() => {
    const look = (): void => setNow(freshness(performance.now()));
    const timer = setInterval(look, tickMs);
    const end = subscribe(look);
    return () => {
      clearInterval(timer);
      end();
    };
  }, []);
  return now;
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const dated = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** `12:03:07`, with the date where it is not of today. */
export function sayTime(iso: string): string {
  const time = new Date(iso);
  return time.toDateString() === new Date().toDateString() ? clock.format(time) : dated.format(time);
}

/** One word and one symbol for each state: never a colour alone. */
const words: Readonly<Record<Freshness["state"], { readonly symbol: string; readonly word: string }>> = {
  waiting: { symbol: "○", word: "Asking" },
  ready: { symbol: "●", word: "Live" },
  stale: { symbol: "▲", word: "Not proven fresh" },
  building: { symbol: "◐", word: "Being built" },
  untrusted: { symbol: "▲", word: "Not trusted" },
  away: { symbol: "✕", word: "No connection" },
};

export function FreshnessBadge({ now }: { readonly now: Freshness }): JSX.Element {
  const { symbol, word } = words[now.state];
  return (
    <p class={`freshness is-${now.state}`}>
      <span class="freshness-state" aria-hidden="true">
        <span class="freshness-symbol">{symbol}</span>
        {word}
      </span>
      {/* Said once per change, not once per tick. */}
      <span class="unseen" role="status">
        {word}
      </span>
      <span class="freshness-time" title={now.provenAt === undefined ? "" : `Proven up to ${now.provenAt}`}>
        {now.provenAt === undefined ? (
          now.state === "waiting" ? (
            ""
          ) : (
            "nothing is proven yet"
          )
        ) : (
          <Fragment>
            as of <time dateTime={now.provenAt}>{sayTime(now.provenAt)}</time>, proven <span class="age">{formatAge(now.ageMs ?? 0)}</span>{" "}
            ago
          </Fragment>
        )}
      </span>
    </p>
  );
}

const advice: Readonly<Partial<Record<Freshness["state"], string>>> = {
  away: "The server does not answer. The numbers below are the last ones that came; the page goes on by itself when it is back.",
  building: "The copy is being built. Numbers are not complete until it is ready.",
  untrusted: "A check found a reason to doubt the copy. Do not rely on these numbers.",
  stale: "The last proof of freshness is too old. The numbers are as they were then.",
};

/** Across the page while something is not as it should be. */
export function FreshnessWarning({ now }: { readonly now: Freshness }): JSX.Element | null {
  const text = advice[now.state];
  if (text === undefined) return null;
  return (
    <section class={`warning is-${now.state}`} aria-label="State of the numbers">
      <p class="warning-head">
        <span aria-hidden="true">{words[now.state].symbol} </span>
        {words[now.state].word}
      </p>
      <p>{text}</p>
      {now.state !== "away" && now.reasons.length > 0 ? (
        <ul>
          {now.reasons.map(({ reason, message, remedy }) => (
            <li key={reason + message}>
              <Said text={message} />{" "}
              <span class="quiet">
                <Said text={remedy ?? ""} />
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}
