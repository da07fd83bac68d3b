/**
 * Sees to it that an alarm that stands reaches somebody: the next person while nobody has acknowledged it, again after a while, quietly once somebody
 * takes care. It looks at what is kept, so a restart goes on with it, and an acknowledgement may come from wherever the state is written.
 */
import type { AlarmMessage, ToldEvent } from "../../../guard/alarms/alarm-message.ts";
import { dutyOf } from "../../../guard/alarms/escalation.ts";
import type { Readable } from "../../../guard/readable/readable.ts";
import { readableText } from "../../../guard/readable/readable.ts";
import type { Clock } from "../../../lib/clock.ts";
import type { State } from "../../state.ts";
import type { AlarmRow, GuardRecord } from "../../state/guard-rows.ts";
import { plain } from "./journal.ts";
import type { WaysOut } from "./receivers.ts";
import { channelsUpTo } from "./receivers.ts";

const lookMs = 2_000;
const alarmsMax = 1_000;

export interface EscalateOptions {
  readonly state: Pick<State, "guard">;
  readonly steps: WaysOut["steps"];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Ends when the signal says so. */
export async function escalate(options: EscalateOptions): Promise<void> {
  const { state, clock, signal } = options;
  const heard = new Set<string>();
  const ages = new Ages(clock);
  while (!signal.aborted) {
    for (const row of state.guard.alarms({ limit: alarmsMax, openOnly: true })) {
      if (row.acknowledgedAt !== undefined && !heard.has(row.id)) {
        heard.add(row.id);
        sayAcknowledged(row, options);
      }
      doDuty(row, ages.of(row), options);
    }
    await clock.sleep(lookMs, signal);
  }
}

/**
 * For how long each has stood as somebody's to take care of: from where it was when this process first saw it, by a clock that only goes forward. The
 * wall clock may be set back an hour, and nobody would be told for that hour; or forward, and everybody would at once.
 */
class Ages {
  readonly #clock: Clock;
  /** By alarm: when it began, by the clock that only goes forward. */
  readonly #began = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of({ id, event, since, toldAt }: AlarmRow): number {
    const nowMs = this.#clock.monotonicMs();
    // Not knowing is told when it has lasted: only from then on can anybody acknowledge it.
    const begunAt = event === "blind" ? toldAt : since;
    const began = this.#began.get(id) ?? nowMs - Math.max(0, this.#clock.nowMs() - begunAt);
    this.#began.set(id, began);
    return nowMs - began;
  }
}

/** Everybody who was told hears that somebody takes care; said twice it is one message. */
function sayAcknowledged(row: AlarmRow, { state, steps, clock }: EscalateOptions): void {
  const at = clock.nowMs();
  const message = messageOf(row, {
    event: "acknowledged",
    id: "acknowledged",
    at,
    severity: "info",
    prefix: `${row.acknowledgedBy ?? "Somebody"} takes care of it: `,
  });
  if (message === undefined) return;
  const { nextAt = at } = row;
  state.guard.tell({ at, entries: [], deliveries: deliveriesOf(message, channelsUpTo(row.step, steps)), alarm: { id: row.id, nextAt } });
}

function doDuty(row: AlarmRow, ageMs: number, { state, steps, clock }: EscalateOptions): void {
  const at = clock.nowMs();
  const duty = dutyOf(
    { ...row, since: at - ageMs },
    steps.map(({ afterMs }) => afterMs),
    at,
  );
  if (duty === undefined) return;
  const { nextAt } = duty;
  if (duty.tag === "wait") return state.guard.tell({ at, entries: [], deliveries: [], alarm: { id: row.id, nextAt } });
  const isNext = duty.tag === "escalate";
  const step = isNext ? duty.step : row.step;
  const minutes = Math.round(ageMs / 60_000);
  const message = messageOf(row, {
    event: isNext ? "escalated" : "still",
    id: isNext ? `escalated.${step}` : `still.${Math.round(at)}`,
    at,
    severity: duty.tag === "repeat" && duty.isQuiet ? "info" : row.severity,
    prefix: isNext ? `Not acknowledged for ${minutes} minutes: ` : `Still, after ${minutes} minutes: `,
  });
  state.guard.tell({
    at,
    alarm: { id: row.id, step, nextAt },
    entries: [{ kind: "guard-told", body: { alarm: row.id, event: isNext ? "escalated" : "still", step } }],
    deliveries: message === undefined ? [] : deliveriesOf(message, isNext ? (steps[step]?.channels ?? []) : channelsUpTo(step, steps)),
  });
}

/** What was told of it the last time, and what is readable; undefined: nothing was. */
function messageOf(
  { id: alarm, body, readable }: AlarmRow,
  told: { readonly event: ToldEvent; readonly id: string; readonly at: number; readonly severity: string; readonly prefix: string },
): AlarmMessage | undefined {
  const before = body as unknown as Partial<AlarmMessage>; // eslint-disable-line -- written by the journal alone
  if (before.summary === undefined) return undefined;
  const found = readable === undefined ? undefined : (readable as unknown as readonly Readable[]); // eslint-disable-line -- as above
  return {
    ...(before as AlarmMessage), // eslint-disable-line -- as above
    alarm,
    id: `${alarm}.${told.id}`,
    event: told.event,
    severity: told.severity as AlarmMessage["severity"], // eslint-disable-line -- as above
    at: new Date(told.at).toISOString(),
    summary: `${told.prefix}${before.summary}`,
    details: [...(found === undefined ? [] : readableText(found)), ...(before.details ?? [])],
    ...(found === undefined ? {} : { readable: found }),
  };
}

function deliveriesOf(message: AlarmMessage, channels: readonly string[]): GuardRecord["deliveries"] {
  return channels.map((channel) => ({ id: `${channel}:${message.id}`, channel, body: plain(message) }));
}
