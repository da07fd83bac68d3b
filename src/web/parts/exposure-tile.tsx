/** One store: what is expected and what is seen, from where, since when, how old that is. Unfolded: what can be read, where, how it is closed. */
import type { JSX } from "preact";
import type { Sight, Tile } from "../state/exposure.ts";
import { isOfHolding, isOpen } from "../state/exposure.ts";
import type { View } from "../state/view.ts";
import { Alarm } from "./alarm.tsx";
import { CopyButton } from "./copy-button.tsx";
import { Link } from "./link.tsx";
import { Readable, readableShort } from "./readable.tsx";
import { expectedWords, formatSpan, headlineOf, Moment, seenWords, vantageWords } from "./seen.tsx";

export interface TileProps {
  readonly tile: Tile;
  readonly view: View;
  readonly nowMs: number;
  readonly ask: () => void;
}

const symbols: Readonly<Record<Tile["state"], string>> = { deviation: "✕", unknown: "?", "as-expected": "✓" };

export function ExposureTile(props: TileProps): JSX.Element {
  const { tile, view, nowMs } = props;
  const { asset, state, isPast } = tile;
  return (
    <article class={`tile is-${state}${isPast ? " is-past" : ""}`}>
      <TileHead tile={tile} nowMs={nowMs} />
      <Short tile={tile} />
      <Sights sights={tile.sights} nowMs={nowMs} />
      <p class="tile-foot quiet">
        {asset.owner} · {asset.services.join(", ")} · checked every {formatSpan(asset.everySeconds * 1000)}
      </p>
      <Taken tile={tile} />
      <Unfold tile={tile} view={view} />
      {view.asset === asset.name ? <Unfolded {...props} /> : null}
    </article>
  );
}

function TileHead({ tile, nowMs }: Pick<TileProps, "tile" | "nowMs">): JSX.Element {
  const { asset, state, isPast, seen, since } = tile;
  return (
    <>
      <div class="tile-head">
        <span class="tile-mark" aria-hidden="true">
          <span>{isPast ? "?" : symbols[state]}</span>
        </span>
        <div>
          <h2>{asset.name}</h2>
          <p class="tile-state">{headlineOf(tile)}</p>
        </div>
      </div>
      <p class="quiet">
        {isPast ? `At the last check: ${seenWords[seen]}${state === "deviation" ? ", not as expected" : ""}, ` : ""}
        {since === undefined ? (
          "No check has been made."
        ) : (
          <>
            {isPast ? "since " : "Since "}
            <Moment at={since} nowMs={nowMs} />
          </>
        )}
      </p>
    </>
  );
}

function Short({ tile }: Pick<TileProps, "tile">): JSX.Element | null {
  const short = tile.state === "deviation" ? readableShort(tile.alarms.filter((alarm) => !isOfHolding(alarm))) : [];
  if (short.length === 0) return null;
  return (
    <ul class="short">
      {short.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function Taken({ tile: { alarms, state } }: Pick<TileProps, "tile">): JSX.Element | null {
  const taken = alarms.find(({ acknowledged }) => acknowledged !== undefined)?.acknowledged;
  if (alarms.length === 0) return null;
  return (
    <p class="tile-foot">
      {state === "as-expected" ? `${alarms.map(({ summary }) => summary).join("; ")}. ` : ""}
      {taken === undefined ? (
        <strong>Alarm raised, taken by nobody yet</strong>
      ) : (
        <>
          Alarm taken by <strong>{taken.by}</strong>
        </>
      )}
    </p>
  );
}

function Unfold({ tile: { asset, seen, state }, view }: Pick<TileProps, "tile" | "view">): JSX.Element {
  const isUnfolded = view.asset === asset.name;
  const words = isOpen(seen) && state === "deviation" ? "What can be read, and how to close it" : "Where, and how it was seen";
  return (
    <p class="tile-unfold">
      <Link to={{ ...view, asset: isUnfolded ? undefined : asset.name }} class="button" aria-expanded={isUnfolded}>
        {isUnfolded ? "Fold up" : words}
        <span class="unseen"> of {asset.name}</span>
      </Link>
    </p>
  );
}

function Sights({ sights, nowMs }: { readonly sights: readonly Sight[]; readonly nowMs: number }): JSX.Element {
  return (
    <ul class="sights">
      {sights.map((sight) => (
        <li key={sight.vantage} class={`sight is-${sight.isPast ? "unknown" : sight.judged}`}>
          <span class="sight-mark" aria-hidden="true">
            {sight.isPast ? "?" : symbols[sight.judged]}
          </span>
          <span>
            <strong>{vantageWords(sight.vantage)}</strong>: {sight.isPast && sight.at !== undefined ? "was: " : ""}
            {seenWords[sight.seen]}
            <span class="quiet">
              {" "}
              · expected: {expectedWords[sight.expected]} ·{" "}
              {sight.at === undefined ? "no check yet" : `checked ${formatSpan(nowMs - Date.parse(sight.at))} ago`}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Unfolded({ tile, nowMs, ask }: TileProps): JSX.Element {
  const { asset, alarms, state, sights } = tile;
  const holding = alarms.filter(isOfHolding);
  // Of what is in it, not of who gets in.
  const inside = alarms.filter((alarm) => isOfHolding(alarm) || alarm.event === "look-overdue");
  const opened = alarms.filter((alarm) => !inside.includes(alarm));
  const isDeviating = state === "deviation";
  const checks = sights.flatMap((sight) => sight.checks);
  return (
    <div class="unfolded">
      {alarms.map((alarm) => (
        <Alarm key={alarm.id} alarm={alarm} nowMs={nowMs} ask={ask} />
      ))}
      {isDeviating && sights.some(({ seen }) => isOpen(seen)) ? (
        <section>
          <h3>What can be read</h3>
          <Readable alarms={opened} />
        </section>
      ) : null}
      {isDeviating ? (
        <Remedy
          title="How to close it"
          texts={[...opened.flatMap(({ remedy }) => remedy), ...checks.flatMap(({ remedy }) => remedy ?? [])]}
        />
      ) : null}
      {holding.length === 0 ? null : (
        <section>
          <h3>What it holds, seen with its own login</h3>
          <Readable alarms={holding} />
        </section>
      )}
      <Remedy title="What to do about it" texts={inside.flatMap(({ remedy }) => remedy)} />
      <section>
        <h3>Where</h3>
        <Places tile={tile} />
      </section>
      <dl class="pairs">
        <dt>Addresses</dt>
        <dd>{asset.targets.join(", ")}</dd>
        {asset.data.length === 0 ? null : (
          <>
            <dt>Data sets</dt>
            <dd>{asset.data.join(", ")}</dd>
          </>
        )}
        {asset.look === undefined ? null : (
          <>
            <dt>Looked into with its own login</dt>
            <dd>
              {asset.look.at === undefined ? "never yet" : <Moment at={asset.look.at} nowMs={nowMs} />}
              {asset.look.because === undefined ? "" : `; since then it could not be counted: ${asset.look.because}`}
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}

function Remedy({ title, texts }: { readonly title: string; readonly texts: readonly string[] }): JSX.Element | null {
  const all = [...new Set(texts)];
  if (all.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <div class="remedy">
        {all.map((text) => (
          <pre key={text}>{text}</pre>
        ))}
      </div>
      <CopyButton title="Copy" text={() => all.join("\n\n")} said="Copied." />
    </section>
  );
}

function Places({ tile }: { readonly tile: Tile }): JSX.Element {
  const rows = tile.sights.flatMap(({ vantage, checks }) =>
    checks.flatMap(({ target, service, untested, places }) => [
      ...places.map((place) => ({ ...place, vantage, target, service })),
      ...untested.map(
        (family) =>
          ({
            vantage,
            target,
            service,
            address: family,
            family,
            channel: "–",
            seen: "not-yet",
            because: `Not tested: ${family}.`,
            notes: [],
          }) as const,
      ),
    ]),
  );
  if (rows.length === 0) return <p class="quiet">No check has told of a place yet.</p>;
  return (
    <div class="table-frame" role="region" aria-label={`Places of ${tile.asset.name}`} tabIndex={0}>
      <table class="grid columns places">
        <caption class="unseen">Places of {tile.asset.name} and what was seen there</caption>
        <thead>
          <tr>
            <th scope="col">Address</th>
            <th scope="col">Seen</th>
            <th scope="col">From</th>
            <th scope="col">Because</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ vantage, target, address, channel, seen, because, notes }) => (
            <tr key={`${vantage} ${target} ${address} ${channel}`}>
              <th scope="row">
                <code>{address}</code> <span class="quiet">{channel === "tls" ? "TLS" : channel}</span>
              </th>
              <td class="is-text">
                {isOpen(seen) ? <strong>{seenWords[seen]}</strong> : seen === "not-yet" ? "not tested" : seenWords[seen]}
              </td>
              <td class="is-text">{vantageWords(vantage)}</td>
              <td class="is-text">{[because, ...notes].join(" ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
