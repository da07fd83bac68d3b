/**
 * Where notes of the audit log are durable before they are in the ledger: a file of lines beside the state, written past the system's cache
 * in a thread of libuv's. The ledger's own transaction takes up to tens of milliseconds of the thread that answers; this takes part of
 * one, and of no thread of ours. What was moved into the ledger is overwritten, for notes hold words of people.
 */
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { join } from "node:path";

const journalFile = "audit.journal";
const journalBytes = 256 << 10;

export class AuditJournal {
  readonly #file: FileHandle;
  readonly #lines: string[] = [];
  /** Where the next line goes. */
  #size = 0;
  /** Bytes that may hold something. */
  #extent = 0;
  /** Work on the file, one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * With the lines that a process before this one left. What is no line was torn by a loss of power, in one of two writes: of a line that
   * was not told to anybody yet (it has no end, or pages of it are zero), or of the zeros over lines that the ledger has already.
   */
  static async open(folder: string): Promise<AuditJournal> {
    const { O_RDWR, O_CREAT, O_DSYNC } = constants;
    const journal = new AuditJournal(await open(join(folder, journalFile), O_RDWR | O_CREAT | O_DSYNC, 0o600));
    const held = await journal.#file.readFile();
    const end = held.lastIndexOf("\n") + 1;
    journal.#lines.push(...linesIn(held.subarray(0, end)));
    journal.#size = end;
    journal.#extent = held.length;
    // The rest of a torn line must not become part of the next one.
    if (held.subarray(end).some((byte) => byte !== 0))
      await journal.#file.write(Buffer.alloc(held.length - end), 0, held.length - end, end);
    // A file that need not grow is written to in less time.
    if (held.length < journalBytes) {
      await journal.#file.write(Buffer.alloc(journalBytes - held.length), 0, journalBytes - held.length, held.length);
      journal.#extent = journalBytes;
    }
    return journal;
  }

  /** Bytes since it was last emptied. */
  get size(): number {
    return this.#size;
  }

  /** Durable when it resolves. `line` holds no line break. Rejects when the disk does. */
  async add(line: string): Promise<void> {
    await this.#next(async () => {
      const bytes = Buffer.from(`${line}\n`);
      await this.#file.write(bytes, 0, bytes.length, this.#size);
      this.#size += bytes.length;
      this.#extent = Math.max(this.#extent, this.#size);
      this.#lines.push(line);
    });
  }

  /** Gives all lines to `keep`, which makes them durable elsewhere, and then overwrites them. Killed between the two it gives them again. */
  async empty(keep: (lines: readonly string[]) => void): Promise<void> {
    await this.#next(async () => {
      if (this.#lines.length > 0) keep(this.#lines);
      this.#lines.length = 0;
      if (this.#size === 0) return;
      await this.#file.write(Buffer.alloc(this.#extent), 0, this.#extent, 0);
      this.#size = 0;
    });
  }

  async close(): Promise<void> {
    await this.#next(async () => this.#file.close());
  }

  async #next(work: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    await done;
  }
}

/** Those without a zero byte, which JSON never holds: a disk writes sectors in any order, so that zeros stand anywhere in what was torn. */
function linesIn(held: Buffer): readonly string[] {
  const lines = held.toString("utf8").split("\n").slice(0, -1);
  return lines.filter((line) => !line.includes("\0"));
}
