/** What the guard sees: a tile for each declared store, the worst first, alarms, and how it was over time. What nobody knows now is never shown as fine. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { GuardAlarm, SessionReport } from "../../api/contract.ts";
import { Alarm } from "../parts/alarm.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { ExposureTile } from "../parts/exposure-tile.tsx";
import { ExposureTimeline } from "../parts/exposure-timeline.tsx";
import { Problem } from "../parts/problem.tsx";
import { headlineOf } from "../parts/seen.tsx";
import { Segments } from "../parts/segments.tsx";
import type { Known, Tile } from "../state/exposure.ts";
import { countsOf, filtered, newlyOpen, otherAlarms, tilesOf } from "../state/exposure.ts";
import type { Guard } from "../state/guard.ts";
import { mayGuard, useVerdicts } from "../state/guard.ts";
import type { Show } from "../state/use-view.ts";
import type { View } from "../state/view.ts";
import { withFilter } from "../state/view.ts";

export interface ExposureProps {
  readonly guard: Guard;
  readonly role: SessionReport["role"];
  readonly view: View;
  readonly show: Show;
}

export function ExposurePage({ guard, role, view, show }: ExposureProps): JSX.Element {
  const isAllowed = mayGuard(role);
  const verdicts = useVerdicts(isAllowed && guard.known !== undefined, guard.nudge, guard.nowMs);
  useTick();
  const { known, problem } = guard;
  const nowMs = guard.nowMs();
  const tiles = known === undefined ? [] : tilesOf({ ...known, nowMs });
  return (
    <section class="exposure">
      <div class="page-head">
        <div>
          <h1>Exposure</h1>
          <p class="lead">Which of your stores can be read without credentials, by what the guard sees from where it stands.</p>
        </div>
      </div>
      <Announcer tiles={known === undefined ? undefined : tiles} />
      {isAllowed ? null : <NotForThisRole role={role} />}
      {problem === undefined ? null : <Problem problem={problem} />}
      {known === undefined ? (
        isAllowed && problem === undefined ? (
          <p class="quiet waiting">Asking what was seen …</p>
        ) : null
      ) : (
        <>
          <OtherAlarms known={{ ...known, nowMs }} ask={guard.ask} />
          {known.assets.assets.length === 0 ? (
            <NothingDeclared />
          ) : (
            <>
              <Facts tiles={tiles} alarms={known.alarms} />
              <Choice tiles={tiles} view={view} show={show} />
              <Tiles tiles={filtered(tiles, view)} view={view} nowMs={nowMs} ask={guard.ask} />
              <ExposureTimeline
                tiles={filtered(tiles, view)}
                watch={known.assets.watch}
                verdicts={verdicts}
                nowMs={nowMs}
                view={view}
                show={show}
              />
            </>
          )}
        </>
      )}
    </section>
  );
}

const tickMs = 1_000;

/** Ages go on although nothing comes. */
function useTick(): void {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((before) => before + 1), tickMs);
    return () => clearInterval(timer);
  }, []);
}

/** Says an opening to who does not see the page, once. `tiles`: undefined until something is known; what is open then stands on the page. */
function Announcer({ tiles }: { readonly tiles: readonly Tile[] | undefined }): JSX.Element {
  const before = useRef<ReadonlySet<string>>(undefined);
  const [text, setText] = useState("");
  const open = tiles === undefined ? "" : [...newlyOpen(undefined, tiles).now].join(" ");
  useEffect(() => {
    if (tiles === undefined) return;
    const { said, now } = newlyOpen(before.current, tiles);
    before.current = now;
    if (said.length > 0) setText(said.map((tile) => `${tile.asset.name}: ${headlineOf(tile)}.`).join(" "));
  }, [tiles === undefined, open]);
  return (
    <p class="unseen" role="alert">
      {text === "" ? null : text}
    </p>
  );
}

function Facts({ tiles, alarms }: { readonly tiles: readonly Tile[]; readonly alarms: readonly GuardAlarm[] }): JSX.Element {
  const { deviation, unknown, asExpected } = countsOf(tiles);
  const untaken = alarms.filter(({ acknowledged, severity }) => acknowledged === undefined && severity !== "info");
  return (
    <dl class="facts">
      <Fact term="Not as expected" count={deviation} isBad />
      <Fact term="Not known" count={unknown} />
      <Fact term="As expected" count={asExpected} />
      <Fact term="Alarms taken by nobody" count={untaken.length} isBad />
    </dl>
  );
}

function Fact({ term, count, isBad = false }: { readonly term: string; readonly count: number; readonly isBad?: boolean }): JSX.Element {
  return (
    <div>
      <dt>{term}</dt>
      <dd class={isBad && count > 0 ? "is-bad" : undefined}>{count}</dd>
    </div>
  );
}

const states = [
  { value: "", title: "All" },
  { value: "deviation", title: "Not as expected" },
  { value: "unknown", title: "Not known" },
  { value: "as-expected", title: "As expected" },
] as const;

function Choice({ tiles, view, show }: { readonly tiles: readonly Tile[]; readonly view: View; readonly show: Show }): JSX.Element {
  const [chosen = ""] = view.where["owner"] ?? [];
  const owners = [...new Set([...tiles.map(({ asset }) => asset.owner), ...(chosen === "" ? [] : [chosen])])].toSorted();
  const take = (key: string, value: string): void => show(withFilter(view, key, value === "" ? [] : [value]));
  return (
    <form class="controls" aria-label="Which stores are shown" onSubmit={(event) => event.preventDefault()}>
      <Segments
        legend="State"
        name="state"
        options={states}
        value={view.where["state"]?.[0] ?? ""}
        onChange={(value) => take("state", value)}
      />
      {owners.length < 2 ? null : (
        <label>
          <span class="label">Owner</span>
          <select name="owner" value={chosen} onChange={({ currentTarget: { value } }) => take("owner", value)}>
            <option value="">Everybody</option>
            {owners.map((owner) => (
              <option key={owner} value={owner}>
                {owner}
              </option>
            ))}
          </select>
        </label>
      )}
    </form>
  );
}

function Tiles({
  tiles,
  ...rest
}: {
  readonly tiles: readonly Tile[];
  readonly view: View;
  readonly nowMs: number;
  readonly ask: () => void;
}): JSX.Element {
  if (tiles.length === 0) return <p class="empty">No store is like that now.</p>;
  return (
    <ul class="cards tiles">
      {tiles.map((tile) => (
        <li key={tile.asset.name} class={rest.view.asset === tile.asset.name ? "is-unfolded" : undefined}>
          <ExposureTile tile={tile} {...rest} />
        </li>
      ))}
    </ul>
  );
}

function OtherAlarms({ known, ask }: { readonly known: Known; readonly ask: () => void }): JSX.Element | null {
  const alarms = otherAlarms(known);
  if (alarms.length === 0) return null;
  return (
    <section class="panel other-alarms">
      <h2>Alarms of no single store</h2>
      {alarms.map((alarm) => (
        <div key={alarm.id}>
          <Alarm alarm={alarm} nowMs={known.nowMs} ask={ask} />
          {alarm.details.length + alarm.remedy.length === 0 ? null : (
            <ul class="plain-list">
              {[...alarm.details, ...alarm.remedy].map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          )}
        </div>
      ))}
    </section>
  );
}

const example = `assets:
  metrics-cluster:
    owner: data platform
    url: elasticsearch://search.internal:9200
    data: [users]
    authorised: { by: Ann Example, on: 2026-11-01 }
    expect: auth-required
`;

function NothingDeclared(): JSX.Element {
  return (
    <section class="panel nothing-declared">
      <h2>No store is declared</h2>
      <p>
        The guard looks at what is declared and at nothing else. Write the stores that hold data of yours into <code>vitrine.yaml</code>,
        then start <code>vitrine run</code> anew:
      </p>
      <pre>{example}</pre>
      <CopyButton title="Copy" text={() => example} said="Copied." />
      <p class="quiet">
        A single look needs no declaration: <code>vitrine guard check elasticsearch://search.internal:9200</code>
      </p>
    </section>
  );
}

function NotForThisRole({ role }: { readonly role: SessionReport["role"] }): JSX.Element {
  return (
    <section class="problem" role="alert">
      <p class="problem-head">What the guard sees is shown to responders and administrators.</p>
      <p>
        It says which stores stand open and what can be read there. {role === undefined ? "" : `Your role is ${role}. `}Ask whoever runs
        Vitrine for the role of a responder.
      </p>
    </section>
  );
}
