/**
 * Re-reads the source for `verify` at one exact position. The order makes it exact: the stream is brought to one commit mark a source
 * transaction before the temporary slot is asked for; the slot's position L is told to the store before the first commit beyond L;
 * so what the store has committed when it hears of L is all up to L and nothing more.
 */
import { VitrineError } from "../../model/error.ts";
import type { Lsn } from "../../model/lsn.ts";
import type { Treater } from "../../policy/treat.ts";
import type { Epoch } from "../../source/epoch.ts";
import { openEpochReader, readsAllRows } from "../../source/epoch.ts";
import type { SourceTable } from "../../source/raw.ts";
import { openSnapshot } from "../../source/snapshot.ts";
import type { ServerLink } from "./link.ts";
import type { Prepared } from "./prepare.ts";

/** A longer wait for running transactions ends the verification, and not the stream. */
const holdMaxMs = 10_000;
const sampleEvery = 8;

/** Between the verification and the stream: holds commits while the slot's position is not known, then tells of it in time. */
export class VerifyGate {
  #held: PromiseWithResolvers<void> | undefined;
  #pending: { readonly lsn: Lsn; readonly tell: () => Promise<void>; readonly told: PromiseWithResolvers<boolean> } | undefined;
  #separate: (on: boolean) => void = () => undefined;

  /** `separate(true)`: the stream shall not put several source transactions into one commit. */
  bind(separate: (on: boolean) => void): void {
    this.#separate = separate;
  }

  /** True from the hold until the store knows the position. */
  get isActive(): boolean {
    return this.#held !== undefined || this.#pending !== undefined;
  }

  /** Called before a commit and its changes are sent. `isOpen`: some of its changes were sent already, so the store is past a stop. */
  async before({ lsn, isOpen }: { readonly lsn: Lsn; readonly isOpen: boolean }): Promise<void> {
    await this.#held?.promise;
    const pending = this.#pending;
    if (pending === undefined || lsn <= pending.lsn) return;
    this.#pending = undefined;
    this.#separate(false);
    if (!isOpen) await pending.tell();
    pending.told.resolve(!isOpen);
  }

  hold(): void {
    this.#held = Promise.withResolvers();
    this.#separate(true);
  }

  /** The position is known: commits up to it go on; `tell` is called before the first one beyond it. False: it could not be exact. */
  async release(lsn: Lsn, tell: () => Promise<void>): Promise<boolean> {
    const told = Promise.withResolvers<boolean>();
    if (this.#held === undefined) return false;
    this.#pending = { lsn, tell, told };
    this.#open();
    return told.promise;
  }

  giveUp(): void {
    this.#pending?.told.resolve(false);
    this.#pending = undefined;
    this.#separate(false);
    this.#open();
  }

  #open(): void {
    this.#held?.resolve();
    this.#held = undefined;
  }
}

export interface VerifyOptions {
  readonly prepared: Prepared;
  readonly treater: Treater;
  readonly link: ServerLink;
  readonly gate: VerifyGate;
  readonly request: number;
  readonly mode: "counts" | "sample" | "full";
  readonly tables: readonly string[];
  readonly slot: string;
}

/**
 * Returns the catalog as it was at the position at which all rows of the tables were read; undefined when they were not. Whether they
 * are equal the server finds out.
 */
export async function verifySource(options: VerifyOptions): Promise<Epoch | undefined> {
  const { prepared, treater, link, gate, request } = options;
  const tables = prepared.compiled.sourceTables.filter((table) => options.tables.length === 0 || options.tables.includes(table.name));
  let pids: readonly number[] = [];
  try {
    const rowSecurityTables = await rowSecurityNow(prepared, tables);
    gate.hold();
    await using snapshot = await openSnapshot({
      source: prepared.source,
      slot: options.slot,
      tables,
      publications: prepared.publications,
      rowSecurityTables,
      connections: 1,
      replaceSlot: false,
      temporary: true,
      slotTimeoutMs: holdMaxMs,
      onStatus: (status) => {
        if (status.tag === "blocked") pids = status.pids;
      },
    });
    const isExact = await gate.release(snapshot.lsn, () => link.send({ tag: "verify-at", request, lsn: snapshot.lsn }));
    if (!isExact) {
      await link.send({ tag: "verify-blocked", request, pids });
      return undefined;
    }
    let batches = 0;
    for await (const event of snapshot.events()) {
      if (event.tag !== "rows") continue;
      batches += 1;
      // A sample looks up the rows of every eighth batch.
      if (options.mode !== "sample" || batches % sampleEvery === 1)
        await link.sendData({ tag: "verify-rows", request, rows: treater.rows(event.rows, { counted: false }) });
    }
    await link.send({ tag: "verify-end", request });
    return options.mode === "full" ? snapshot.epoch : undefined;
  } catch (error) {
    if (!(error instanceof VitrineError)) throw error;
    await link.send({ tag: "verify-blocked", request, pids });
    return undefined;
  } finally {
    gate.giveUp();
  }
}

/** As it is now, not as it was when the reader started: a table is read with row security on only where a policy shows us all rows. */
async function rowSecurityNow(prepared: Prepared, tables: readonly SourceTable[]): Promise<ReadonlySet<string>> {
  await using session = await prepared.source.openSql();
  const reader = await openEpochReader(session, { tables, publications: prepared.publications });
  const epoch = await reader.read();
  return new Set(epoch.tables.filter((table) => table.rowSecurity && readsAllRows(table)).map((table) => table.name));
}
