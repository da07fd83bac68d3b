/**
 * After an alarm: what can be read there. One store at a time, beside the watch, once for each height that an opening reaches; what could not be
 * counted yet (a node that has just started) is tried again with the next checks.
 */
import { alarmOf, readableMessage } from "../../../guard/alarms/alarm-message.ts";
import { here } from "../../../guard/asset.ts";
import type { Row } from "../../../guard/checks/check.ts";
import { questionAt } from "../../../guard/checks/check.ts";
import type { Episode } from "../../../guard/alarms/episode.ts";
import type { Identity } from "../../../guard/readable/inspect.ts";
import { inspect } from "../../../guard/readable/inspect.ts";
import type { Report } from "../../../guard/judge.ts";
import { isOpen } from "../../../guard/ladder.ts";
import type { Readable } from "../../../guard/readable/readable.ts";
import type { Target } from "../../../guard/target.ts";
import { systemClock } from "../../../lib/clock.ts";
import type { Log } from "../../../lib/log.ts";
import type { State } from "../../state.ts";
import type { GuardJournal } from "../alarms/journal.ts";

/** Further tries, where an answer was none that can be counted. */
const triesMax = 5;
/** Of one store in all: each of many data sets may answer slowly, and other stores' alarms wait for their counts. */
const lookMaxMs = 60_000;

export class Inspector {
  readonly #state: State;
  readonly #journal: GuardJournal;
  readonly #log: Log;
  /** Alarms with the height at which they were looked into, and how often. */
  readonly #tries = new Map<string, number>();
  readonly #told = new Set<string>();
  #last: Promise<void> = Promise.resolve();

  constructor(state: State, journal: GuardJournal, log: Log) {
    this.#state = state;
    this.#journal = journal;
    this.#log = log;
    for (const { id, readable } of state.guard.alarms({ limit: 1_000, openOnly: true })) if (readable !== undefined) this.#told.add(id);
  }

  /** Called with every report; begins where there is something to look into. */
  after(report: Report): void {
    const { episode } = report.state;
    // What another vantage alone gets at is not to be reached from here.
    if (episode === undefined || report.is !== "deviation" || report.vantage !== here) return;
    const alarm = alarmOf(report.asset.name, { tag: "opened", ...episode, height: episode.heightMax });
    const key = `${alarm} ${episode.heightMax}`;
    const tries = this.#tries.get(key) ?? 0;
    // One that a process before this one has looked into.
    const isKnown = this.#told.has(alarm) && !this.#tries.has(key) && report.events.length === 0;
    if (isKnown || this.#told.has(key) || tries >= triesMax) return;
    const places = placesOf(report);
    if (places.length === 0) return;
    this.#tries.set(key, tries + 1);
    this.#told.add(key);
    this.#last = this.#last
      .then(async () => this.#look({ report, episode, places, key, isLast: tries + 1 >= triesMax }))
      .catch(() => {
        this.#log("warn", "what is readable was not counted", { asset: report.asset.name });
      });
  }

  async #look(options: {
    readonly report: Report;
    readonly episode: Episode;
    readonly places: readonly OpenPlace[];
    readonly key: string;
    readonly isLast: boolean;
  }): Promise<void> {
    const { report, episode, places, key, isLast } = options;
    const { asset } = report;
    const endMs = systemClock.monotonicMs() + lookMaxMs;
    const isLate = (): boolean => systemClock.monotonicMs() > endMs;
    const all: Readable[] = [];
    for (const { target, row } of places) {
      const place = { address: row.address, port: target.port };
      const recorded = this.#recordedOf(asset.name, target);
      const { allows = [], person } = asset;
      all.push(...(await inspect({ target, question: questionAt(target, row), place, recorded, allows, person, isLate })));
    }
    // Of one whose check is a log-in the next may be an hour away.
    const isRare = places.some(({ target }) => target.checker.everyMs !== undefined);
    const isUnsettled = !isRare && all.some(({ notCounted }) => notCounted === "not-understood" || notCounted === "refused");
    if (isUnsettled && !isLast && !isLate()) this.#told.delete(key);
    else this.#journal.keepReadable(readableMessage(report, episode, all, systemClock.nowMs()));
  }

  #recordedOf(asset: string, { label }: Target): readonly Identity[] {
    return this.#state.guard.identities(asset).filter(({ target }) => target === label);
  }
}

interface OpenPlace {
  readonly target: Target;
  readonly row: Row;
}

/** Of each target the place where most can be read. */
function placesOf({ asset, checks }: Report): readonly OpenPlace[] {
  return checks.flatMap(({ target: label, rows, seen }) => {
    const target = asset.targets.find((one) => one.label === label);
    const row = rows.find((one) => one.seen === seen && isOpen(one.seen));
    return target === undefined || row === undefined ? [] : [{ target, row }];
  });
}
