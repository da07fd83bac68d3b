/** A product over the small world, watched: its status, its log, whether answers go on, and whether its copy is what the source holds. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "../../src/metrics/answer.ts";
import type { GenerationReport, ReaderReport, StatusReport } from "../../src/metrics/status-report.ts";
import { setUpProduct } from "../kill/product.ts";
import type { Product } from "../kill/product.ts";
import type { Refusal } from "./small-world.ts";
import { administer, declaration } from "./small-world.ts";

const pollMs = 40;
const withinMsDefault = 40_000;
const question = "/v1/metrics/activations?grain=day&by=model&range=last+40+days";

export interface Seen {
  /** The generation that answers. */
  readonly shown: GenerationReport;
  readonly generations: readonly GenerationReport[];
  readonly readers: readonly ReaderReport[];
  /** Table, reason, message, remedy of what answers. */
  readonly untrusted: readonly (readonly string[])[];
}

export interface Watched extends AsyncDisposable {
  readonly product: Product;
  /** Polls `status`; throws with `what` after the time. */
  until(what: string, holds: (seen: Seen) => boolean): Promise<Seen>;
  /** One generation, ready, trusted, proven after now, with the source's rows and activations. `other`: how many models may be `other`. */
  untilReady(allowed?: { readonly other: number }): Promise<Seen>;
  /** The newest line of the log with this event and code, written after the last one that was asked for. */
  untilLogged(event: string, code: string): Promise<Refusal>;
  /** `vitrine apply`; throws when it fails. */
  apply(adminUrl: string): Promise<void>;
  /** State of an answer. */
  state(): Promise<string>;
  slot(generation: number): string;
  /** Bodies of the ledger's rows of a kind. */
  ledger(kind: string): readonly unknown[];
  /** What the product's processes are started with. */
  environment(): Readonly<Record<string, string>>;
  /** The longest time without an answer since the product last became ready. */
  gapMs(): number;
}

/** Sets up a product; starts nothing yet. */
export async function watch(adminUrl: string, { withinMs = withinMsDefault }: { readonly withinMs?: number } = {}): Promise<Watched> {
  const product = await setUpProduct({ adminUrl, declaration });
  return new Watcher({ product, adminUrl, withinMs });
}

class Watcher implements Watched {
  readonly product: Product;
  readonly #adminUrl: string;
  readonly #withinMs: number;
  #logAt = 0;
  #answeredAt = Infinity;
  #gapMs = 0;

  constructor(parts: { readonly product: Product; readonly adminUrl: string; readonly withinMs: number }) {
    this.product = parts.product;
    this.#adminUrl = parts.adminUrl;
    this.#withinMs = parts.withinMs;
  }

  async #see(): Promise<Seen | undefined> {
    const reply = await this.product.get("/v1/status");
    const report = reply?.status === 200 ? (reply.body as StatusReport) : undefined;
    const shown = report?.generations.find((one) => one.generation === report.serving);
    if (report === undefined || shown === undefined) return undefined;
    this.#gapMs = Math.max(this.#gapMs, performance.now() - this.#answeredAt);
    this.#answeredAt = performance.now();
    return {
      shown,
      generations: report.generations,
      readers: report.readers,
      untrusted: shown.untrusted.map((one) => [one.table, one.reason, one.message, one.remedy]),
    };
  }

  async until(what: string, holds: (seen: Seen) => boolean): Promise<Seen> {
    const deadline = performance.now() + this.#withinMs;
    for (;;) {
      const seen = await this.#see();
      if (seen !== undefined && holds(seen)) return seen;
      if (performance.now() > deadline)
        throw new Error(
          `not within ${this.#withinMs} ms: ${what}. ${JSON.stringify([seen?.untrusted, seen?.generations.map((one) => [one.generation, one.phase, one.untrusted]), seen?.readers])} ${this.#log().slice(-2_000)}`,
        );
      await sleep(pollMs);
    }
  }

  async untilReady(allowed: { readonly other: number } = { other: 0 }): Promise<Seen> {
    const now = Date.now();
    const seen = await this.until("ready", ({ shown, generations, untrusted }) => {
      return generations.length === 1 && shown.phase === "ready" && untrusted.length === 0 && Date.parse(shown.proven?.at ?? "") > now;
    });
    await this.#compare(allowed.other);
    this.#gapMs = 0;
    this.#answeredAt = performance.now();
    return seen;
  }

  /** Nobody writes now: what is proven is all there is. */
  async #compare(other: number): Promise<void> {
    const [rows] = await administer(
      this.#adminUrl,
      "SELECT (SELECT count(*)::int FROM accounts) AS accounts, (SELECT count(*)::int FROM devices) AS devices, (SELECT count(*)::int FROM attempts) AS attempts",
    );
    const models = await administer(
      this.#adminUrl,
      "SELECT CASE WHEN model IN ('cam', 'bulb') THEN model ELSE 'other' END AS model, count(*)::int AS n FROM devices GROUP BY 1 ORDER BY 1",
    );
    const seen = await this.#see();
    if (JSON.stringify(sorted(seen?.shown.rows ?? {})) !== JSON.stringify(sorted(rows ?? {})))
      throw new Error(`rows: ${JSON.stringify([seen?.shown.rows, rows])}`);
    const answer = (await this.product.get(question))?.body as Answer;
    const sums = new Map<string, number>();
    for (const cell of answer.cells) sums.set(String(cell.by["model"]), (sums.get(String(cell.by["model"])) ?? 0) + cell.count);
    const expected = models.map((row) => `${String(row["model"])} ${String(row["n"])}`);
    const got = [...sums].map(([model, n]) => `${model} ${n}`).toSorted();
    if (JSON.stringify(got) !== JSON.stringify(expected)) throw new Error(`activations: ${JSON.stringify([got, expected])}`);
    if ((sums.get("other") ?? 0) !== other) throw new Error(`other: ${sums.get("other") ?? 0}`);
  }

  #log(): string {
    return readFileSync(join(this.product.folder, "product.log"), "utf8");
  }

  async untilLogged(event: string, code: string): Promise<Refusal> {
    const deadline = performance.now() + this.#withinMs;
    for (;;) {
      const text = this.#log();
      const lines = text
        .slice(this.#logAt)
        .split("\n")
        .filter((line) => line.includes(`"event":"${event}"`) && line.includes(`"code":"${code}"`));
      const line = lines[0];
      if (line !== undefined) {
        this.#logAt = text.length;
        const { code: found, place, message, remedy } = JSON.parse(line) as Refusal;
        return { code: found, place, message, remedy };
      }
      await this.#see();
      if (performance.now() > deadline) throw new Error(`not logged within ${this.#withinMs} ms: ${event} ${code}. ${text.slice(-3_000)}`);
      await sleep(pollMs);
    }
  }

  async apply(adminUrl: string): Promise<void> {
    const { code, stderr } = await this.product.command(["apply"], { VITRINE_ADMIN_URL: adminUrl });
    if (code !== 0) throw new Error(`apply ended with ${code}: ${stderr}`);
  }

  async state(): Promise<string> {
    const body = (await this.product.get(question))?.body as Answer | undefined;
    return body?.state ?? "no answer";
  }

  slot(generation: number): string {
    using state = new DatabaseSync(join(this.product.stateFolder, "state.sqlite"), { readOnly: true, timeout: 5_000 });
    return `vitrine_${String(state.prepare("SELECT value FROM control WHERE name = 'installation'").get()?.["value"])}_${generation}`;
  }

  ledger(kind: string): readonly unknown[] {
    using state = new DatabaseSync(join(this.product.stateFolder, "state.sqlite"), { readOnly: true, timeout: 5_000 });
    return state
      .prepare("SELECT body FROM ledger WHERE kind = ? ORDER BY id")
      .all(kind)
      .map((row) => JSON.parse(String(row["body"])) as unknown);
  }

  environment(): Readonly<Record<string, string>> {
    return this.product.environment;
  }

  gapMs(): number {
    return this.#gapMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.product[Symbol.asyncDispose]();
  }
}

function sorted(counts: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  return Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
