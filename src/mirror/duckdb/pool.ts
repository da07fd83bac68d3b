/** Read transactions: each view has a connection to itself. The pool can be closed for a moment while the file is swapped. */
import type { Connection, Engine } from "./engine.ts";

export class Pool {
  readonly #idle: Connection[];
  #size: number;
  readonly #sizeMax: number;
  #engine: Engine;
  #waiting: ((connection: Connection) => void)[] = [];
  #drained: (() => void) | undefined;
  #closed = false;
  readonly #gate: (() => void)[] = [];

  constructor(engine: Engine, sizeMax: number) {
    this.#engine = engine;
    this.#sizeMax = sizeMax;
    this.#idle = [];
    this.#size = 0;
  }

  async take(): Promise<Connection> {
    while (this.#closed) await new Promise<void>((resolve) => this.#gate.push(resolve));
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#size < this.#sizeMax) {
      this.#size += 1;
      try {
        return await this.#engine.connect();
      } catch (error) {
        this.#size -= 1;
        throw error;
      }
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives a connection back; one that may be in a bad state is closed. */
  give(connection: Connection, usable: boolean): void {
    const next = usable ? this.#waiting.shift() : undefined;
    if (next !== undefined) {
      next(connection);
      return;
    }
    if (usable && !this.#closed) this.#idle.push(connection);
    else {
      connection.close();
      this.#size -= 1;
    }
    if (!usable) void this.#refill();
    if (this.#closed && this.#size === 0) this.#drained?.();
  }

  async #refill(): Promise<void> {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#size += 1;
    next(await this.#engine.connect());
  }

  /** Waits until no view is open; new ones wait until `open`. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const connection of this.#idle.splice(0)) {
      connection.close();
      this.#size -= 1;
    }
    if (this.#size > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
  }

  open(engine: Engine): void {
    this.#engine = engine;
    this.#closed = false;
    for (const resolve of this.#gate.splice(0)) resolve();
  }
}
