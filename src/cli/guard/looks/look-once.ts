/** What is in one store, closed or not, with its own login; held against what its declaration allows. What is found is kept, and told by the watch. */
import { holdingMessage } from "../../../guard/alarms/alarm-message.ts";
import type { Asset } from "../../../guard/asset.ts";
import { check, questionAt } from "../../../guard/checks/check.ts";
import { inspect } from "../../../guard/readable/inspect.ts";
import type { Readable } from "../../../guard/readable/readable.ts";
import { isThere } from "../../../guard/readable/readable.ts";
import type { Target } from "../../../guard/target.ts";
import { systemClock } from "../../../lib/clock.ts";
import type { State } from "../../state.ts";
import { plain } from "../alarms/journal.ts";
import { lookMaxMs, noteLook } from "./look-notes.ts";
import { mayBeTold, speaks } from "./store-login.ts";

export interface Look {
  /** As HTTP sends it. */
  readonly header: string;
  readonly state: State;
  /** Whom an alarm is told to. */
  readonly channels: readonly string[];
}

/** One asset; what is there that is not allowed becomes an alarm, or ends to be one. */
export async function lookOnce(asset: Asset, { header, state, channels }: Look): Promise<readonly Readable[]> {
  const found: Readable[] = [];
  const endMs = systemClock.monotonicMs() + lookMaxMs;
  const isLate = (): boolean => systemClock.monotonicMs() > endMs;
  for (const target of asset.targets) found.push(...(await lookAt(target, asset, header, state, isLate)));
  keep(asset, found, { state, channels });
  noteLook(state, asset.name, { atMs: Date.now(), because: found.find(({ notCounted }) => notCounted !== undefined)?.notCounted });
  return found;
}

async function lookAt(
  target: Target,
  { name, allows = [], person }: Asset,
  header: string,
  state: State,
  isLate: () => boolean,
): Promise<readonly Readable[]> {
  const recorded = state.guard.identities(name).filter((one) => one.target === target.label);
  const keys = recorded.filter(({ kind }) => kind === "tls-key").map(({ value }) => value);
  const without = (notCounted: NonNullable<Readable["notCounted"]>): readonly Readable[] => [
    { target: target.label, dataSet: "all of it", notCounted, categories: [] },
  ];
  const { depth } = target.checker;
  if (depth?.takesLogin !== true) return without(depth === undefined ? "not-offered" : "no-login");
  const { rows } = await check(target, systemClock);
  const best = new Map<string, Readable>();
  for (const row of rows.filter(speaks)) {
    const found = await inspect({
      target,
      question: questionAt(target, row),
      place: { address: row.address, port: target.port },
      recorded,
      allows,
      person,
      isLate,
      authorization: { header, mayBeTold: (shown) => mayBeTold(row, shown, keys) },
    });
    for (const one of found) if (told(one) >= told(best.get(one.dataSet))) best.set(one.dataSet, one);
    if ([...best.values()].every(({ notCounted }) => notCounted === undefined)) break;
  }
  return best.size === 0 ? without("refused") : [...best.values()];
}

/** Of one data set at several places: what was found at one of them is not taken back by another that shows less. */
function told(found: Readable | undefined): number {
  if (found === undefined) return -1;
  if (found.notCounted === undefined) return 4;
  if (isForbidden(found)) return 3;
  if (found.records !== undefined) return 2;
  return found.notCounted === "identity-not-confirmed" ? 0 : 1;
}

export function isForbidden({ categories }: Readable): boolean {
  return categories.some((one) => !one.allowed && isThere(one));
}

/** An alarm begins or goes on; it ends when all was counted, and nothing of it is there any more. */
function keep(
  asset: Asset,
  found: readonly Readable[],
  { state, channels }: { readonly state: State; readonly channels: readonly string[] },
): void {
  const atMs = Date.now();
  const prefix = `${asset.name}.holds.`;
  const standing = state.guard.alarms({ limit: 1_000, openOnly: true }).find(({ id }) => id.startsWith(prefix));
  const forbidden = found.some(isForbidden);
  const isCounted = found.every(({ notCounted }) => notCounted === undefined);
  const before = standing === undefined ? undefined : JSON.stringify(standing.readable);
  if (!forbidden && (standing === undefined || !isCounted)) return;
  const message = holdingMessage(asset, found, { isForbidden: forbidden, sinceMs: standing?.since ?? atMs, atMs });
  const { alarm, event, severity } = message;
  const kinds = (one: readonly Readable[]): string =>
    JSON.stringify(one.map(({ categories }) => categories.map(({ category, allowed }) => [category, allowed])));
  const isOld = forbidden && before !== undefined && kinds(JSON.parse(before) as readonly Readable[]) === kinds(found); // eslint-disable-line -- written here alone
  state.guard.tell({
    at: atMs,
    change: {
      id: alarm,
      asset: asset.name,
      event,
      severity: forbidden ? severity : undefined,
      since: Date.parse(message.since),
      isOver: !forbidden,
      flaps: undefined,
      body: forbidden ? plain(message) : undefined,
    },
    entries: [],
    deliveries: [],
  });
  state.guard.recordReadable({
    alarm,
    at: atMs,
    readable: plain(message.readable ?? []),
    entries: [{ kind: "guard-holds", body: { alarm, event, asset: asset.name, readable: plain(message.readable ?? []) } }],
    // The same as the last time is told again by the watch, in its own time.
    deliveries: isOld ? [] : channels.map((channel) => ({ id: `${channel}:${message.id}`, channel, body: plain(message) })),
  });
}
