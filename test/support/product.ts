/**
 * The running product beside a PostgreSQL of its own: `keys`, `apply`, `run` in a temporary folder, asked over the owner's HTTP socket.
 * Of its own, because the reader's role and its password belong to a whole server: products on one server would disturb each other.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "../../src/metrics/answer.ts";
import type { GenerationReport, ReaderReport, StatusReport } from "../../src/metrics/status-report.ts";
import type { ProofVerdict } from "../../src/policy/safe.ts";
import { setUpProduct } from "../kill/product.ts";
import type { Product } from "../kill/product.ts";
import { openSource } from "../oracle/source.ts";
import type { SourceClient } from "../oracle/source.ts";
import { startPostgres } from "./postgres.ts";

const pollMs = 30;
const readyWithinMs = 90_000;

export interface RunningProduct extends AsyncDisposable {
  readonly product: Product;
  readonly adminUrl: string;
  /** The source as its administrator; answers are texts. */
  readonly source: SourceClient;
  status(): Promise<StatusReport>;
  /** The generation that answers, and its reader. */
  shown(): Promise<{ readonly generation: GenerationReport | undefined; readonly reader: ReaderReport | undefined }>;
  /** `question` as the query string of GET /v1/metrics/{name}. */
  answer(metric: string, question: string): Promise<Answer>;
  proof(): Promise<readonly ProofVerdict[]>;
  /** Runs the command that a remedy names: SQL as the administrator, `vitrine …` on the command line. */
  mend(command: string, extra?: Readonly<Record<string, string>>): Promise<void>;
  /** Resolves when an answer is ready and proven at or after now. */
  untilProven(metric: string, question: string): Promise<Answer>;
}

export interface RunningProductOptions {
  readonly load: (url: string) => Promise<unknown>;
  readonly declaration: string;
  /** Of the server, beside the launcher's own. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Of the product. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Loads the source, sets the product up and starts it; nothing is awaited but that. */
export async function runProduct({ load, declaration, settings = {}, environment = {} }: RunningProductOptions): Promise<RunningProduct> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await startPostgres({ settings }));
  await load(server.url);
  const product = stack.use(await setUpProduct({ adminUrl: server.url, declaration, environment }));
  const source = stack.use(await openSource(server.url));
  await product.start();
  stack.defer(async () => product.stop());
  const kept = stack.move();
  return new Running({ product, source, adminUrl: server.url, end: async () => kept.disposeAsync() });
}

/** Polls until `look` gives something, and throws with `what` after the time. */
export async function until<T>(what: string, withinMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await sleep(pollMs);
  }
}

class Running implements RunningProduct {
  readonly product: Product;
  readonly source: SourceClient;
  readonly adminUrl: string;
  readonly #end: () => Promise<void>;

  constructor(parts: {
    readonly product: Product;
    readonly source: SourceClient;
    readonly adminUrl: string;
    readonly end: () => Promise<void>;
  }) {
    this.product = parts.product;
    this.source = parts.source;
    this.adminUrl = parts.adminUrl;
    this.#end = parts.end;
  }

  async status(): Promise<StatusReport> {
    return this.#get<StatusReport>("/v1/status");
  }

  async shown(): ReturnType<RunningProduct["shown"]> {
    const { serving, generations, readers } = await this.status();
    return {
      generation: generations.find((one) => one.generation === serving),
      reader: readers.find((one) => one.generation === serving),
    };
  }

  async answer(metric: string, question: string): Promise<Answer> {
    return this.#get<Answer>(`/v1/metrics/${metric}?${question}`);
  }

  async proof(): Promise<readonly ProofVerdict[]> {
    return (await this.#get<{ readonly verdicts: readonly ProofVerdict[] }>("/v1/proof")).verdicts;
  }

  async mend(command: string, extra: Readonly<Record<string, string>> = {}): Promise<void> {
    if (!command.startsWith("vitrine ")) return this.source.run(command);
    const { code, stderr } = await this.product.command(command.split(" ").slice(1), { VITRINE_ADMIN_URL: this.adminUrl, ...extra });
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${stderr}`);
  }

  async untilProven(metric: string, question: string): Promise<Answer> {
    const now = Date.now();
    return until(`${metric} proven anew`, readyWithinMs, async () => {
      const answer = await this.answer(metric, question).catch(() => undefined);
      return answer?.state === "ready" && Date.parse(answer.proven?.at ?? "") >= now ? answer : undefined;
    });
  }

  async #get<T>(path: string): Promise<T> {
    const reply = await until(`an answer to GET ${path}`, readyWithinMs, async () => this.product.get(path));
    if (reply.status !== 200) throw new Error(`GET ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}
