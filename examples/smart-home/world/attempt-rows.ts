/**
 * The events: connection attempts in order of time, month by month. Ids are those of a sequence, so they rise with time. The largest
 * table by far, so its row is written with as little work as possible.
 */
import { failureChance, failureReasons, places, reasonIndex } from "./catalogue.ts";
import type { Model, Place, Release } from "./catalogue.ts";
import type { CopyIn } from "./copy.ts";
import { firmwareOf } from "./device-rows.ts";
import { tags } from "./fleet.ts";
import type { Fleet } from "./fleet.ts";
import type { Plan } from "./options.ts";
import { addressOf } from "./people.ts";
import { Random } from "./random.ts";
import { hourMs, Moments, rhythm } from "./timeline.ts";

export const attemptColumns = ["id", "device_id", "at", "duration_ms", "ok", "firmware", "reason", "ip"] as const;

const reasonBytes = failureReasons.map((reason) => Buffer.from(reason));

/** One attempt after the other. `next` decides the moment (so that the caller may change the partition), `write` writes the row. */
export class Attempts {
  /** Moment of the attempt that `write` will write: milliseconds since 1970. */
  atMs = 0;
  #id = 0;
  #active = 0;
  readonly #plan: Plan;
  readonly #fleet: Fleet;
  readonly #random: Random;
  readonly #moments: Moments;
  readonly #versions: readonly (readonly Buffer[])[];

  constructor(plan: Plan, fleet: Fleet) {
    this.#plan = plan;
    this.#fleet = fleet;
    this.#random = new Random(plan.seed, tags.attempts);
    this.#versions = fleet.models.map((model) => model.releases.map((release) => Buffer.from(release.version)));
    this.#moments = new Moments({
      span: { fromMs: plan.attemptsFromMs, toMs: plan.nowMs, weight: fleetActivity(fleet) },
      count: plan.counts.attempts,
      random: this.#random,
    });
  }

  next(): void {
    this.atMs = this.#moments.next();
    this.#id++;
    const { deviceActivated } = this.#fleet;
    const second = this.atMs / 1000;
    while (this.#active < deviceActivated.length && (deviceActivated[this.#active] as number) <= second) this.#active++;
  }

  write(copy: CopyIn): void {
    const random = this.#random;
    const device = this.#device();
    const minute = Math.floor(this.atMs / 60_000);
    const modelIndex = this.#fleet.deviceModel[device] as number;
    const model = this.#fleet.models[modelIndex] as Model;
    const releaseIndex = firmwareOf(this.#fleet, device, minute);
    const release = model.releases[releaseIndex] as Release;
    const account = this.#fleet.deviceAccount[device] as number;
    const place = places[this.#fleet.accountPlace[account] as number] as Place;
    const failed = random.unit() < failureChance(model, release, place, minute);
    copy.row(attemptColumns.length);
    copy.int8(this.#id);
    copy.int8(device + 1);
    copy.timestamp(this.atMs);
    copy.int4(durationMs(random.unit(), failed));
    copy.bool(!failed);
    copy.bytes((this.#versions[modelIndex] as readonly Buffer[])[releaseIndex] as Buffer);
    if (failed) copy.bytes(reasonBytes[reasonIndex(release, random.unit())] as Buffer);
    else copy.null();
    copy.inet(addressOf(this.#plan.seed, account));
  }

  /** Any device that is switched on by now; a fifth of them make half of the attempts. */
  #device(): number {
    const device = this.#random.below(this.#active);
    return this.#random.bits() & 1 ? device : device - (device % 5);
  }
}

/** Most connections take some 100 ms; failures wait for their time-outs. */
export function durationMs(unit: number, failed: boolean): number {
  return Math.round((failed ? 900 : 60) + (failed ? 14_000 : 900) * unit ** 4);
}

/** Weight of an hour: how many devices there are, and how awake the world is. */
function fleetActivity(fleet: Fleet): (hourStartMs: number) => number {
  const { deviceActivated } = fleet;
  let active = 0;
  let last = -Infinity;
  return (hourStartMs) => {
    // Asked in order of time, twice; going back starts again.
    if (hourStartMs < last) active = 0;
    last = hourStartMs;
    const second = (hourStartMs + hourMs) / 1000;
    while (active < deviceActivated.length && (deviceActivated[active] as number) < second) active++;
    return active * rhythm(hourStartMs);
  };
}
