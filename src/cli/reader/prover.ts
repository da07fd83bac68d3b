/** Proofs, one after the other: at the start, by the clock, when privileges have changed, and on request. */
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { plainError } from "../failure.ts";
import type { ServerLink } from "./link.ts";
import type { Prepared } from "./prepare.ts";
import { tryOut } from "./prove.ts";

/** A proof that nobody asked for is tried again: what could not be told is not green. */
const retryMs = 5_000;

export interface ProverOptions {
  readonly prepared: Prepared;
  readonly link: ServerLink;
  readonly log: Log;
  readonly clock: Clock;
  /** Name of a temporary slot, ours alone. */
  readonly probeSlot: string;
}

export class Prover {
  readonly #options: ProverOptions;
  #working: Promise<void> = Promise.resolve();
  #isDue = false;

  constructor(options: ProverOptions) {
    this.#options = options;
  }

  /** A proof that begins after now; several wishes before it begins are one. */
  soon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#working = this.#working.then(async () => {
      this.#isDue = false;
      if (await this.#prove(undefined)) return;
      void this.#options.clock.sleep(retryMs).then(() => this.soon());
    });
  }

  /** Answers request number `request`, with no verdicts when it failed. */
  async answer(request: number): Promise<void> {
    this.#working = this.#working.then(async () => {
      if (!(await this.#prove(request))) await this.#options.link.send({ tag: "proof", request, verdicts: [] });
    });
    await this.#working;
  }

  async #prove(request: number | undefined): Promise<boolean> {
    const { prepared, link, log, clock, probeSlot } = this.#options;
    try {
      await link.send({ tag: "proof", request, ...(await tryOut(prepared, { at: clock.nowMs() * 1000, probeSlot })) });
      return true;
    } catch (error) {
      log("warn", "prove-failed", { ...plainError(error) });
      return false;
    }
  }
}
