/**
 * Keeps what viewers may be told, off the path of answers: a thread of its own works it out, an answer takes what is finished, at the
 * position that it was read at. As long as viewers ask it follows the copy, so that what they are told is some seconds old at most.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "../../lib/assert.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Mirror, MirrorStatus } from "../../mirror/mirror.ts";
import type { CellsReading } from "../../mirror/reading.ts";
import { VitrineError } from "../../model/error.ts";
import type { Micros } from "../../policy/safe.ts";
import type { CompiledMetric, CompiledMetrics } from "../compile.ts";
import type { Group } from "./group.ts";
import { groupOf, overlapOf } from "./group.ts";
import { readHeldCells, versionsOf } from "./held-cells.ts";
import type { Month, Published, ReadCells } from "./published.ts";
import { publish, readChanged } from "./published.ts";
import { protectElsewhere } from "./workshop.ts";

/**
 * What was finished is told for so long after it was read, and the envelope says how old it is (`stale` before this is over); then an
 * answer waits. Where changes touch many months at once, working them out anew takes longer than a viewer would wait for.
 */
const ageMaxMicros = 30_000_000;
/** What is older is told only where nothing newer comes within a moment: no answer is to be stale (freshness.ts) that need not be. */
const youngMicros = 8_000_000;
const momentMs = 1_000;
/** Where nothing is finished yet an answer waits so long for all of it before it takes the months that are. */
const patienceMs = 4_000;
/** Between two looks at the copy. */
const pauseMs = 500;
/** For so long after the last question the copy is followed. */
const followMs = 60_000;

const keepers = new WeakMap<Mirror, Map<string, Keeper>>();

/** What may be told of the metric now. It waits only where nothing is finished yet, or where what is finished is too old. */
export async function publishedOf(mirror: Mirror, compiled: CompiledMetrics, metric: CompiledMetric, clock: Clock): Promise<Published> {
  return keeperOf(mirror, compiled, metric, clock).current(clock);
}

/** Works it out before anybody asks, once: until then the copy is not followed. */
export async function prepare(mirror: Mirror, compiled: CompiledMetrics, metric: CompiledMetric, clock: Clock): Promise<void> {
  await keeperOf(mirror, compiled, metric, clock).prepare();
}

function keeperOf(mirror: Mirror, compiled: CompiledMetrics, metric: CompiledMetric, clock: Clock): Keeper {
  const group = groupOf(compiled, metric);
  if (group === undefined) throw overlaps(metric, must(overlapOf(compiled, metric), "metric that overlaps"));
  const known = keepers.get(mirror) ?? new Map<string, Keeper>();
  keepers.set(mirror, known);
  const key = JSON.stringify([compiled.policyHash, compiled.k, group.members.map(({ name, version }) => [name, version]), group.splits]);
  let keeper = known.get(key);
  if (keeper === undefined) {
    // A lattice that changed has another key: what was kept under the old one is not asked for again.
    for (const [other, one] of known) if (one.leader === group.leader.name) known.delete(other);
    keeper = new Keeper(mirror, compiled, group, clock);
    known.set(key, keeper);
  }
  return keeper;
}

function overlaps(metric: CompiledMetric, leader: CompiledMetric): VitrineError {
  return new VitrineError("metrics/no-answer", {
    message: `Viewers do not have ${metric.name}: it counts some of the rows of ${leader.name}, and one subtracted from the other would give small groups away.`,
    remedy: `Ask for ${leader.name}, or as an analyst with a reason.`,
  });
}

interface Running {
  /** The first months that are worked out, all others pending. */
  readonly some: PromiseWithResolvers<Published>;
  readonly all: Promise<Published>;
}

class Keeper {
  readonly #mirror: Mirror;
  readonly #compiled: CompiledMetrics;
  readonly #group: Group;
  #clock: Clock;
  #last: Published | undefined;
  /** When it was last known to be that of the copy's position: it is not older than this. */
  #at: Micros = 0;
  #running: Running | undefined;
  #askedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(mirror: Mirror, compiled: CompiledMetrics, group: Group, clock: Clock) {
    this.#mirror = mirror;
    this.#compiled = compiled;
    this.#group = group;
    this.#clock = clock;
  }

  get leader(): string {
    return this.#group.leader.name;
  }

  async current(clock: Clock): Promise<Published> {
    this.#clock = clock;
    const now = this.#now();
    this.#askedAt = clock.monotonicMs();
    const isCurrent = this.#takeOver(now);
    // A store that is loaded anew gives words other codes.
    if (this.#last?.status.generation !== this.#mirror.status.generation) this.#last = undefined;
    if (this.#last !== undefined && (isCurrent || now - this.#at < youngMicros)) {
      this.#follow();
      return this.#last;
    }
    const running = this.#running ?? this.#refresh(now);
    if (this.#last === undefined || now - this.#at >= ageMaxMicros) return patiently(running);
    // What fails is told where there is nothing else to tell.
    await Promise.race([running.all.catch(() => undefined), sleep(momentMs, undefined, { ref: false })]);
    return this.#last;
  }

  async prepare(): Promise<void> {
    if (this.#last === undefined) await (this.#running ?? this.#refresh(this.#now())).all;
  }

  #now(): Micros {
    return this.#clock.nowMs() * 1000;
  }

  /** Whether what was worked out is of the copy as it is now; it then has the copy's position: a heartbeat alone costs nothing. */
  #takeOver(now: Micros): boolean {
    const last = this.#last;
    const { status } = this.#mirror;
    if (last === undefined || last.pending.size > 0 || last.status.generation !== status.generation) return false;
    const isSame = status.contents === undefined ? isOfPosition(last.status, status) : status.contents === last.status.contents;
    if (!isSame && (last.versions === undefined || last.versions !== versionsOf(this.#cellsNow(), this.#group))) return false;
    this.#last = { ...last, status };
    this.#at = now;
    return true;
  }

  #refresh(now: Micros): Running {
    const some = Promise.withResolvers<Published>();
    // Nobody may be waiting for it.
    some.promise.catch(() => undefined);
    const begun = this.#clock.monotonicMs();
    const all = this.#publish((published) => {
      // Until all is worked out anew what was finished before goes on, while it is young enough.
      const isFirst = this.#last === undefined || this.#last.pending.size > 0;
      const age = now + (this.#clock.monotonicMs() - begun) * 1000 - this.#at;
      if (!isFirst && age < ageMaxMicros) return;
      this.#last = published;
      this.#at = now;
      some.resolve(published);
    });
    const running = { some, all };
    this.#running = running;
    all.then(
      (published) => {
        this.#last = published;
        this.#at = now;
        this.#running = undefined;
        some.resolve(published);
        this.#follow();
      },
      (error: unknown) => {
        this.#running = undefined;
        some.reject(error);
      },
    );
    return running;
  }

  async #publish(onMonths: (published: Published) => void): Promise<Published> {
    const [mirror, compiled, group] = [this.#mirror, this.#compiled, this.#group];
    const last: ReadonlyMap<number, Month> = this.#last?.months ?? new Map();
    const isNew = (month: number, cells: string): boolean => last.get(month)?.cells !== cells;
    const readCells = async (isWanted: (month: number, cells: string) => boolean): Promise<ReadCells> => {
      const reading = this.#cellsNow();
      const held = reading && readHeldCells({ reading, group, isWanted });
      return held ?? mirror.view((view) => readChanged({ view, group, isWanted }));
    };
    const read = await readCells(isNew);
    const rowsOf = async (month: number, cells: string) => {
      const again = await readCells((one) => one === month);
      return again.months.find((one) => one.month === month && one.cells === cells)?.rows;
    };
    return publish({ compiled, group, read, last, protect: protectElsewhere, rowsOf, onMonths });
  }

  #cellsNow(): CellsReading | undefined {
    return this.#mirror.schema?.policyHash === this.#compiled.policyHash ? this.#mirror.cellsNow?.() : undefined;
  }

  /** Looks again while viewers ask, so that the next one finds it done. */
  #follow(): void {
    if (this.#timer !== undefined || this.#running !== undefined) return;
    if (this.#clock.monotonicMs() - this.#askedAt > followMs) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#running !== undefined || this.#mirror.status.phase !== "ready") return;
      if (this.#takeOver(this.#now())) {
        this.#follow();
        // What fails here fails again for whoever asks next, and is told there.
      } else this.#refresh(this.#now()).all.catch(() => undefined);
    }, pauseMs).unref();
  }
}

function isOfPosition(one: MirrorStatus, other: MirrorStatus): boolean {
  return one.applied?.lsn === other.applied?.lsn;
}

async function patiently({ some, all }: Running): Promise<Published> {
  const found = await Promise.race([all, sleep(patienceMs, undefined, { ref: false })]);
  return found ?? some.promise;
}
