/**
 * Signs the ledger as it grows: within a second of an entry, and at least each hour. A checkpoint that lies elsewhere is what a rewritten, a
 * shortened or a replaced ledger is held against, by whoever kept it; so one that does not follow from the last never takes its place.
 */
import type { KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../lib/log.ts";
import { MerkleLog } from "../../lib/merkle-log.ts";
import { systemCode } from "../../lib/system-code.ts";
import { openCheckpoint, signCheckpoint } from "./checkpoint.ts";
import { leafOf } from "./export.ts";
import { parseVerifierKey, verifierKeyText } from "./note.ts";
import type { State } from "../state.ts";

export interface SignerOptions {
  readonly state: Pick<State, "entries" | "installation">;
  readonly key: KeyObject;
  readonly folder: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is shown to who keeps the last one. */
export interface Shown {
  readonly note: string;
  readonly size: number;
  /** In base64: the tree of `from` entries is the beginning of this one. */
  readonly proof: readonly string[];
}

const everyMs = 1_000;
const hourMs = 60 * 60_000;
/** Where one could not be left, it is tried so often. */
const againMs = 10_000;
/** Entries that are hashed without a pause. */
const together = 500;

export class LedgerSigner {
  readonly #options: SignerOptions;
  readonly #log = new MerkleLog();
  readonly #origin: string;
  #note: string | undefined;
  #signedSize = -1;
  #signedMs = 0;
  #isOdd = false;
  /** The last one could not be left: when that was tried, and the time that it bears. */
  #notLeft: { readonly triedMs: number; readonly time: string } | undefined;

  constructor(options: SignerOptions) {
    this.#options = options;
    this.#origin = `vitrine-${options.state.installation}`;
  }

  /** What a checkpoint of it is verified with: NAME+ID+KEY. */
  get verifier(): string {
    return verifierKeyText(this.#origin, this.#options.key);
  }

  /** The last checkpoint, with the proof from a tree of `from` entries; without one where it never had as many. */
  show(from: number): Shown | undefined {
    if (this.#note === undefined) return undefined;
    // Entries that have come since are in the tree already, and not in the checkpoint.
    const proof = from > this.#signedSize ? [] : this.#log.consistency(from, this.#signedSize);
    return { note: this.#note, size: this.#signedSize, proof: proof.map((hash) => Buffer.from(hash).toString("base64")) };
  }

  /** Ends when the signal says so, with a last checkpoint. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await this.#take(signal);
      if (!signal.aborted && (this.#log.size !== this.#signedSize || clock.monotonicMs() - this.#signedMs >= hourMs)) this.sign();
      else this.#leaveAgain();
      await clock.sleep(everyMs, signal);
    }
  }

  /** Of all that was taken in so far. */
  sign(): void {
    const { key, clock } = this.#options;
    const time = new Date(clock.nowMs()).toISOString();
    this.#note = signCheckpoint({ origin: this.#origin, size: this.#log.size, root: this.#log.root(), time }, key);
    this.#signedSize = this.#log.size;
    this.#signedMs = clock.monotonicMs();
    this.#leave(this.#note, time);
  }

  /** The entries that have come. */
  async #take(signal: AbortSignal): Promise<void> {
    for (let taken = together; taken === together && !signal.aborted; await new Promise(setImmediate)) {
      taken = 0;
      for (const entry of this.#options.state.entries(this.#log.size)) {
        this.#log.append(leafOf(entry));
        taken += 1;
        if (taken === together) break;
      }
    }
  }

  #leave(note: string, time: string): void {
    const { folder, log } = this.#options;
    if (folder === undefined) return;
    const before = this.#notLeft;
    try {
      mkdirSync(folder, { recursive: true });
      const last = join(folder, `${this.#origin}.checkpoint`);
      // One an hour stays: when something is wrong, since when.
      put(join(folder, `${this.#origin}.${time.slice(0, 13)}.checkpoint`), note);
      if (this.#follows(last)) put(last, note);
      this.#notLeft = undefined;
      if (before !== undefined) log("info", "checkpoints of the ledger are left again", { folder });
    } catch (error) {
      this.#notLeft = { triedMs: this.#options.clock.monotonicMs(), time };
      if (before === undefined) log("error", "a checkpoint of the ledger was not left", { folder, code: systemCode(error) });
    }
  }

  /** There may be no other entry for an hour. */
  #leaveAgain(): void {
    if (this.#note === undefined || this.#notLeft === undefined) return;
    const { triedMs, time } = this.#notLeft;
    if (this.#options.clock.monotonicMs() - triedMs >= againMs) this.#leave(this.#note, time);
  }

  /** False, and said once: what lies there covers another history, or more than there is. */
  #follows(file: string): boolean {
    if (!existsSync(file)) return true;
    const verifier = parseVerifierKey(this.verifier);
    const known = verifier && openCheckpoint(readFileSync(file, "utf8"), verifier);
    const isBeginning = known !== undefined && known.size <= this.#log.size && Buffer.compare(known.root, this.#log.root(known.size)) === 0;
    if (!isBeginning && !this.#isOdd) {
      this.#isOdd = true;
      this.#options.log("error", "the ledger is not the one that was signed there", { file });
    }
    return isBeginning;
  }
}

function put(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
