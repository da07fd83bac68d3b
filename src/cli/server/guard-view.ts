/**
 * What the guard saw and told, for HTTP: read from the state that the watch, a process of its own, keeps. What is shown is as old as the last check;
 * while nobody watches, all of it is of the past and says so.
 */
import type { Backend, GuardBackend } from "../../api/backend.ts";
import type {
  GuardAlarm,
  GuardAsset,
  GuardCheck,
  GuardEvent,
  GuardReadable,
  GuardSeen,
  GuardVantageSight,
  GuardVerdicts,
  GuardWatch,
} from "../../api/contract.ts";
import type { AlarmMessage } from "../../guard/alarms/alarm-message.ts";
import type { Asset } from "../../guard/asset.ts";
import { here } from "../../guard/asset.ts";
import type { Seen } from "../../guard/ladder.ts";
import { worst } from "../../guard/ladder.ts";
import { cycleOf } from "../../guard/watch.ts";
import { VitrineError } from "../../model/error.ts";
import { lookOf } from "../guard/looks/look-shown.ts";
import { whoWatches } from "../guard/who-watches.ts";
import type { GuardEnded } from "../messages.ts";
import type { State } from "../state.ts";
import type { AlarmRow, DeliveryRow, SightRow } from "../state/guard-rows.ts";

export interface GuardViewOptions {
  readonly state: State;
  /** As the file says now: the watch has begun anew with it, too. */
  readonly assets: () => readonly Asset[];
  readonly nowMs: () => number;
  readonly onChange: (event: GuardEvent) => void;
}

/** When checks are written down is every 15 s; a cycle takes as long as it takes. */
const slackMs = 45_000;
const lookMs = 250;
const alarmsMax = 500;

export class GuardView implements Disposable {
  readonly #options: GuardViewOptions;
  readonly #timer: NodeJS.Timeout;
  #changes: number | undefined;

  constructor(options: GuardViewOptions) {
    this.#options = options;
    // Whoever starts us starts the watch, too.
    options.state.guard.setFailing(undefined, options.nowMs());
    this.#changes = options.state.changes();
    this.#timer = setInterval(() => this.#look(), lookMs).unref();
  }

  readonly backend: GuardBackend = {
    guardAssets: async () => {
      const { state, assets } = this.#options;
      const watch = this.watch();
      const sights = Map.groupBy(state.guard.sights(), ({ asset }) => asset);
      const alarms = state.guard.alarms({ limit: alarmsMax, openOnly: true });
      return {
        at: iso(this.#options.nowMs()),
        watch,
        assets: assets().map((asset) =>
          this.#assetOf(asset, { sights: sights.get(asset.name) ?? [], alarms: alarms.filter((row) => isOf(row, asset.name)), watch }),
        ),
      };
    },
    guardVerdicts: async (wanted) => ({ verdicts: verdictsOf(this.#options.state, wanted) }),
    guardAlarms: async ({ open, limit }) => ({ alarms: this.#alarms(this.#options.state.guard.alarms({ limit, openOnly: open })) }),
    acknowledgeAlarm: async (id, who) => {
      const { state, nowMs, onChange } = this.#options;
      if (state.guard.acknowledge(id, who, nowMs())) onChange({ changed: "alarms" });
      return this.#alarms([state.guard.alarm(id)].filter((row) => row !== undefined))[0];
    },
    guardWaiting: async () => Object.fromEntries(this.#options.state.guard.waitingCount()),
  };

  /** Of a server that copies nothing. */
  readonly alone: Pick<Backend, "metrics" | "answer" | "copy" | "ready"> = {
    metrics: async () => [],
    answer: async () => {
      throw new VitrineError("metrics/unknown-metric", { message: "There are no metrics: the file declares assets alone." });
    },
    copy: async () => {
      throw new VitrineError("api/not-found", { message: "There is no copy: the file declares assets alone." });
    },
    ready: async () => {
      const { state } = this.watch();
      return { ready: state === "watching", state };
    },
  };

  watch(): GuardWatch {
    return whoWatches(this.#options.state, this.#options.nowMs());
  }

  /** Said by the supervisor. Nobody else says that the watch cannot begin. */
  ended({ restarts, crashLoop, error }: GuardEnded): void {
    const { state, nowMs } = this.#options;
    const { code, message, remedy } = error ?? wordless;
    state.guard.setFailing({ restarts, isLoop: crashLoop, code, message, remedy }, nowMs());
  }

  #assetOf(
    asset: Asset,
    { sights, alarms, watch }: { readonly sights: readonly SightRow[]; readonly alarms: readonly AlarmRow[]; readonly watch: GuardWatch },
  ): GuardAsset {
    const { name, owner, targets, profile } = asset;
    const everyMs = cycleOf(asset);
    const isStale = (at: number): boolean => watch.state !== "watching" || Math.abs(this.#options.nowMs() - at) > 2 * everyMs + slackMs;
    const seenBy = sights.map((row) => sightOf(row, asset, isStale(row.at)));
    const vantages = seenBy.some(({ vantage }) => vantage === here) ? seenBy : [neverSeen(asset), ...seenBy];
    const look = lookOf(this.#options.state, asset);
    const isUnknown = vantages.some(({ judged, stale }) => stale || judged === "unknown");
    return {
      name,
      owner,
      targets: targets.map(({ label }) => label),
      services: [...new Set(targets.map(({ checker }) => checker.title))],
      data: [...new Set(targets.flatMap(({ names }) => names))],
      profile,
      everySeconds: everyMs / 1000,
      seen: sights.length === 0 ? "not-yet" : worst(sights.map(({ seen }) => seen as Seen)), // eslint-disable-line -- written by the journal alone
      // A deviation is one whoever sees it, and stays one until somebody has seen that it is over.
      judged: vantages.some(({ judged }) => judged === "deviation") ? "deviation" : isUnknown ? "unknown" : "as-expected",
      vantages,
      ...(look === undefined ? {} : { look }),
      alarms: alarms.map(({ id }) => id),
    };
  }

  #alarms(rows: readonly AlarmRow[]): readonly GuardAlarm[] {
    const deliveries = Map.groupBy(this.#options.state.guard.deliveries(rows.map(({ id }) => id)), ({ alarm }) => alarm);
    return rows.map((row) => alarmOf(row, deliveries.get(row.id) ?? []));
  }

  #look(): void {
    // Where nothing is declared nothing of it changes; it may be declared while we run.
    if (this.#options.assets().length === 0) return;
    const changes = this.#options.state.changes();
    if (changes === undefined || changes === this.#changes) return;
    this.#changes = changes;
    this.#options.onChange({ changed: "assets" });
    this.#options.onChange({ changed: "alarms" });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

const wordless = {
  code: "cli/internal",
  message: "It ended without a word, as a process that was killed.",
  remedy: "Look into the log of `vitrine run`, and whether the machine had no memory left.",
};

/** Some alarms are of several. */
function isOf({ asset, body }: AlarmRow, name: string): boolean {
  const { assets = [] } = body as unknown as Partial<AlarmMessage>; // eslint-disable-line -- written by the journal alone
  return asset === name || assets.includes(name);
}

function neverSeen(asset: Asset): GuardVantageSight {
  return { vantage: here, expected: asset.expectedAt(here), seen: "not-yet", judged: "unknown", stale: true, checks: [] };
}

function sightOf({ vantage, seen, judged, at, since, body }: SightRow, asset: Asset, stale: boolean): GuardVantageSight {
  const { checks } = body as unknown as { readonly checks: readonly GuardCheck[] }; // eslint-disable-line -- written by the journal alone
  return {
    vantage,
    expected: asset.expectedAt(vantage),
    seen: seen as GuardSeen, // eslint-disable-line -- as above
    judged: judged as GuardVantageSight["judged"], // eslint-disable-line -- as above
    at: iso(at),
    since: iso(since),
    stale,
    checks,
  };
}

function alarmOf(row: AlarmRow, deliveries: readonly DeliveryRow[]): GuardAlarm {
  const { id, asset, event, severity, since, toldAt, overAt, flaps, acknowledgedAt, acknowledgedBy, readable } = row;
  const message = row.body as unknown as Partial<AlarmMessage>; // eslint-disable-line -- written by the journal alone
  return {
    id,
    asset,
    owner: message.owner ?? "",
    vantage: message.vantage ?? here,
    event,
    severity: severity as GuardAlarm["severity"], // eslint-disable-line -- as above
    seen: (message.seen ?? "unknown") as GuardSeen, // eslint-disable-line -- as above
    since: iso(since),
    toldAt: iso(toldAt),
    ...(overAt === undefined ? {} : { overAt: iso(overAt) }),
    flaps,
    summary: message.summary ?? asset,
    details: message.details ?? [],
    remedy: message.remedy ?? [],
    ...(acknowledgedAt === undefined ? {} : { acknowledged: { at: iso(acknowledgedAt), by: acknowledgedBy ?? "" } }),
    ...(readable === undefined ? {} : { readable: readable as unknown as readonly GuardReadable[] }), // eslint-disable-line -- as above
    deliveries: deliveries.map(({ channel, waiting, tries, at }) => ({
      channel,
      state: waiting > 0 ? "waiting" : "delivered",
      tries,
      ...(at === undefined ? {} : { at: iso(at) }),
    })),
  };
}

/** Newest first: what changed, and when nobody looked. */
function verdictsOf(
  state: State,
  { asset, from = 0, before, limit }: Parameters<GuardBackend["guardVerdicts"]>[0],
): GuardVerdicts["verdicts"] {
  return state.guard.verdicts({ asset, from, before, limit }).map(({ id, at, kind, body }) => {
    const words = body as Readonly<Record<string, string | null>>; // eslint-disable-line -- written by the journal alone
    if (kind === "guard-watch") {
      const { event, lastAt } = words;
      const killed = typeof lastAt === "string" ? { lastAt } : {};
      return { entry: id, at: iso(at), kind: "watch", event: event === "ended" ? "ended" : "begun", ...killed };
    }
    return {
      entry: id,
      at: iso(at),
      kind: "verdict",
      asset: String(words["asset"]),
      vantage: words["vantage"] ?? here,
      seen: words["seen"] as GuardSeen, // eslint-disable-line -- as above
      judged: words["is"] as GuardVantageSight["judged"], // eslint-disable-line -- as above
      before: (words["before"] ?? "not-yet") as GuardSeen, // eslint-disable-line -- as above
    };
  });
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
