/**
 * The watch's state where the disk may be full: what cannot be written waits in memory, in its order, and is written when there is room. What it says
 * is sent all the same: an alarm matters more than its row, and what was sent meanwhile is not sent again. A process that ends with a full disk loses
 * what waits; the next one sees the store again and tells of it anew. Memory has an end, too: beyond so many that wait, changes that are told to nobody are
 * not kept, which is said.
 */
import type { Nudges } from "../../guard/nudges.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Json } from "../canonical-json.ts";
import type { State } from "../state.ts";
import type { AlarmChange, AlarmRow, DueDelivery, GuardRecord, GuardState } from "../state/guard-rows.ts";
import { longestWaitMs } from "../state/guard.ts";

export interface PatientOptions {
  readonly state: State;
  /** By way out: something is there to be sent. */
  readonly letters: Nudges;
  /** The first that has to wait, with SQLite's result code. */
  readonly onFull: (code: number) => void;
  /** All is written; so many writes had waited, and so many changes of verdicts were not kept: what is seen now is to be written anew. */
  readonly onRoom: (waited: number, lost: number) => void;
}

interface Write {
  readonly run: () => void;
  readonly deliveries?: GuardRecord["deliveries"];
  readonly alarms?: readonly (AlarmChange & { readonly asset: string })[];
  /** A loop that reads the file decides the same again while this waits: once is enough. */
  readonly once?: string | undefined;
  /** Nobody is told of it. */
  readonly isMinor?: boolean;
}

/** Of some kilobytes each. */
export const waitingMax = 5_000;

const retryMs = 1_000;
/** Result codes of SQLite: busy; input or output; full; cannot open, as where there is no room for a journal. */
const passing: ReadonlySet<number> = new Set([5, 10, 13, 14]);

export class PatientState {
  readonly #options: PatientOptions;
  readonly #waiting: Write[] = [];
  #waited = 0;
  #lost = 0;
  /** Messages that were sent, of which the file does not say so yet. */
  readonly #sent = new Set<string>();
  /** Messages that were tried and failed, of which the file does not say so yet. */
  readonly #failed = new Map<string, { readonly tries: number; readonly nextAt: number }>();
  /** Set, and not in the file yet. */
  readonly #values = new Map<string, string>();
  /** As the one that was given; of the guard and of vantages nothing throws for want of room. */
  readonly state: State;

  constructor(options: PatientOptions) {
    this.#options = options;
    const { state } = options;
    this.state = {
      ...state,
      [Symbol.dispose]: () => state[Symbol.dispose](),
      get: (name) => this.#values.get(name) ?? state.get(name),
      set: (name, value) => {
        this.#write({ run: () => state.set(name, value) });
        if (this.#waiting.length > 0) this.#values.set(name, value);
      },
      guard: this.#guard(state.guard),
      vantages: this.#vantages(state),
    };
  }

  /** An entry of the ledger. */
  append(kind: string, body: Json): void {
    this.#write({ run: () => void this.#options.state.append(kind, body) });
  }

  /** Ends when the signal says so. */
  async run(clock: Clock, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(retryMs, signal);
      this.retry();
    }
  }

  /** Writes what waits, as far as there is room. */
  retry(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (failureOf(first.run) !== undefined) return;
      this.#waiting.shift();
    }
    if (this.#waited === 0) return;
    const lost = this.#lost;
    if (lost > 0 && failureOf(() => void this.#options.state.append("guard-not-kept", { changes: lost })) !== undefined) return;
    this.#sent.clear();
    this.#failed.clear();
    this.#values.clear();
    this.#options.onRoom(this.#waited, lost);
    this.#waited = 0;
    this.#lost = 0;
  }

  #write(write: Write): void {
    const { deliveries = [], once, isMinor = false } = write;
    if (isMinor && this.#waiting.length >= waitingMax) {
      this.#lost += 1;
      return;
    }
    if (once !== undefined && this.#waiting.some((other) => other.once === once)) return;
    const code = this.#waiting.length > 0 ? 0 : failureOf(write.run);
    if (code !== undefined) {
      if (this.#waited === 0) this.#options.onFull(code);
      this.#waited += 1;
      this.#waiting.push(write);
    }
    for (const channel of new Set(deliveries.map((one) => one.channel))) this.#options.letters.nudge(channel);
  }

  #guard(guard: GuardState): GuardState {
    return {
      ...guard,
      record: (record) => {
        const alarms = record.alarms.map((change) => ({ asset: record.asset, ...change }));
        const isMinor = record.deliveries.length === 0 && alarms.every(({ event }) => event === "flapped");
        this.#write({ run: () => guard.record(record), deliveries: record.deliveries, alarms, isMinor });
      },
      recordReadable: (record) => this.#write({ run: () => guard.recordReadable(record), deliveries: record.deliveries }),
      tell: (news) => this.#write({ run: () => guard.tell(news), deliveries: news.deliveries, once: news.alarm?.id ?? news.change?.id }),
      forget: (asset) => this.#write({ run: () => guard.forget(asset) }),
      // What is said again with the next look.
      checked: (sights) => void failureOf(() => guard.checked(sights)),
      setWatching: (isWatching, at) => void failureOf(() => guard.setWatching(isWatching, at)),
      alarm: (id) => guard.alarm(id) ?? this.#alarm(id),
      due: (channel, at) => this.#due(guard, channel, at),
      drop: (what) => this.#write({ run: () => guard.drop(what) }),
      delivered: (id, at) => {
        this.#write({ run: () => guard.delivered(id, at) });
        if (this.#waiting.length > 0) this.#sent.add(id);
      },
      postponed: (id, nextAt) => {
        if (this.#waiting.length === 0 && failureOf(() => guard.postponed(id, nextAt)) === undefined) return;
        this.#failed.set(id, { tries: (this.#failed.get(id)?.tries ?? 0) + 1, nextAt });
      },
    };
  }

  #vantages({ vantages }: State): State["vantages"] {
    return {
      ...vantages,
      heard: (name, at) => void failureOf(() => vantages.heard(name, at)),
      enrol: (enrolment) => {
        let isDone: boolean | undefined;
        void failureOf(() => (isDone = vantages.enrol(enrolment)));
        return isDone;
      },
      record: (alarm) =>
        this.#write({ run: () => vantages.record(alarm), deliveries: alarm.deliveries, once: `${alarm.alarm.id} ${alarm.alarm.event}` }),
    };
  }

  /** What the file says, but for what was sent or failed since; then what waits to be written, of each alarm one after the other. */
  #due(guard: GuardState, channel: string, at: number): readonly DueDelivery[] {
    const isDue = ({ id }: { readonly id: string }): boolean => {
      const { nextAt = at } = this.#failed.get(id) ?? {};
      return !this.#sent.has(id) && (nextAt <= at || nextAt > at + longestWaitMs);
    };
    const kept = guard.due(channel, at).filter(isDue);
    const first = new Map<Json | undefined, GuardRecord["deliveries"][number]>();
    for (const one of this.#waiting.flatMap(({ deliveries = [] }) => deliveries)) {
      const alarm = alarmIn(one.body);
      if (one.channel === channel && !this.#sent.has(one.id) && !first.has(alarm)) first.set(alarm, one);
    }
    const before = new Set(kept.map(({ body }) => alarmIn(body)));
    const waiting = [...first].filter(([alarm, one]) => !before.has(alarm) && isDue(one));
    return [...kept, ...waiting.map(([, { id, body }]) => ({ id, body, tries: this.#failed.get(id)?.tries ?? 0 }))];
  }

  /** As it will stand in the file. */
  #alarm(id: string): AlarmRow | undefined {
    const change = this.#waiting.flatMap(({ alarms = [] }) => alarms).find((one) => one.id === id);
    if (change === undefined) return undefined;
    const { asset, event, severity = "page", since, flaps = 0, body = {} } = change;
    const open = {
      overAt: undefined,
      acknowledgedAt: undefined,
      acknowledgedBy: undefined,
      step: 0,
      nextAt: undefined,
      readable: undefined,
    };
    return { id, asset, event, severity, since, toldAt: since, flaps, body, ...open };
  }
}

function alarmIn(body: Json): Json | undefined {
  return (body as { readonly alarm?: Json }).alarm; // eslint-disable-line -- messages of alarms
}

/** Why it could not be written now; undefined: it is. Throws what no room would mend. */
function failureOf(run: () => unknown): number | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    const code = Number((error as { readonly errcode?: number }).errcode) & 0xff; // eslint-disable-line -- of node:sqlite
    if (passing.has(code)) return code;
    throw error;
  }
}
