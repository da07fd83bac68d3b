/** The server's half of `verify`: opens its own reading at the reader's position, and compares what the reader sends with it. */
import type { CompareResult, Comparison } from "../../mirror/duckdb.ts";
import { unreachable } from "../../lib/assert.ts";
import type { Host, VerifyMessage } from "./host.ts";
import { Requests } from "./requests.ts";

export type VerifyMode = "counts" | "sample" | "full";

export type VerifyOutcome =
  | { readonly tag: "compared"; readonly results: readonly CompareResult[] }
  /** The position could not be had: transactions on the source were in the way. */
  | { readonly tag: "blocked"; readonly pids: readonly number[] };

interface Running {
  readonly mode: VerifyMode;
  readonly tables: readonly string[];
  comparison: Comparison | undefined;
}

/** A comparison of all rows may take long; the reader's end ends it, too. */
const limitMs = 30 * 60_000;

export class Verification {
  readonly #requests = new Requests<VerifyOutcome>();
  readonly #running = new Map<number, Running>();

  /** undefined: the reader is not there, or has ended meanwhile. */
  async run(
    host: Host,
    { mode, tables }: { readonly mode: VerifyMode; readonly tables: readonly string[] },
  ): Promise<VerifyOutcome | undefined> {
    let mine = 0;
    try {
      return await this.#requests.ask((request) => {
        mine = request;
        this.#running.set(request, { mode, tables, comparison: undefined });
        const isSent = host.ask({ tag: "verify", request, mode, tables });
        if (isSent) void host.disconnected().then(() => this.#requests.answer(request, undefined));
        return isSent;
      }, limitMs);
    } finally {
      await this.#running.get(mine)?.comparison?.[Symbol.asyncDispose]();
      this.#running.delete(mine);
    }
  }

  /** A message of the reader's, in order with its commits: so the reading that is opened here is at exactly its position. */
  async take(host: Host, message: VerifyMessage): Promise<void> {
    const running = this.#running.get(message.request);
    if (running === undefined) return;
    switch (message.tag) {
      case "verify-at":
        running.comparison = await host.mirror.compareRows(running.mode, running.tables);
        return;
      case "verify-rows":
        if (running.comparison !== undefined) await host.mirror.compareWith(running.comparison, message.rows);
        return;
      case "verify-blocked":
        this.#requests.answer(message.request, { tag: "blocked", pids: message.pids });
        return;
      case "verify-end": {
        // Its reading ends here: while it is open, the store's log cannot be written into its file.
        const { comparison } = running;
        running.comparison = undefined;
        const results = await finished(comparison);
        this.#requests.answer(message.request, results === undefined ? undefined : { tag: "compared", results });
        return;
      }
      default:
        unreachable(message);
    }
  }
}

async function finished(comparison: Comparison | undefined): Promise<readonly CompareResult[] | undefined> {
  try {
    return await comparison?.finish();
  } finally {
    await comparison?.[Symbol.asyncDispose]();
  }
}
