/**
 * The real stages in one process: source → policy → (pipe) → mirror, without the processes around them. One recorder reads the slot
 * and keeps what policy made of it; any number of mirrors are then fed from the recording, each with its own cut into batches.
 */
import { randomBytes } from "node:crypto";
import pg from "pg";
import type { Lsn } from "../../src/model/lsn.ts";
import { parseDeclaration } from "../../src/policy/declaration.ts";
import { compilePolicy, tablesNeeded, tokenSpaces } from "../../src/policy/compile.ts";
import type { CompiledPolicy } from "../../src/policy/compile.ts";
import { keyFingerprints, makeKey } from "../../src/policy/keys.ts";
import type { TokenKeys } from "../../src/policy/keys.ts";
import { applyPlan, readPlanFacts } from "../../src/policy/apply.ts";
import { planSource } from "../../src/policy/plan.ts";
import { createTreater } from "../../src/policy/treat.ts";
import type { Treater } from "../../src/policy/treat.ts";
import type { DownMessage } from "../../src/policy/safe.ts";
import { readCatalog } from "../../src/source/catalog-read.ts";
import { formatEpoch } from "../../src/source/epoch.ts";
import { openSource } from "../../src/source/session.ts";
import type { Source } from "../../src/source/session.ts";
import { openSnapshot } from "../../src/source/snapshot.ts";
import { openStream } from "../../src/source/stream.ts";
import type { Stream } from "../../src/source/stream.ts";
import { parseSourceUrl } from "../../src/source/url.ts";
import type { RawEvent } from "../../src/source/raw.ts";
import type { Recorded } from "./batches.ts";

const publications = ["vitrine", "vitrine_append"] as const;
const waitMs = 20_000;

export interface Recorder extends AsyncDisposable {
  readonly compiled: CompiledPolicy;
  readonly keys: TokenKeys;
  readonly slot: string;
  /** hello, snapshot-begin … snapshot-end: what every mirror gets first. */
  readonly beginning: readonly DownMessage[];
  /** Everything up to a logical message of this nonce (emitted by `markSql`) that was not taken before. */
  until(nonce: string): Promise<readonly Recorded[]>;
  /** What the stream said of changed relations: nothing changes them here, so there must be none. */
  readonly notices: ReadonlySet<string>;
}

/** The statement that emits the mark which `until` waits for. */
export function markSql(nonce: string): string {
  return `SELECT pg_logical_emit_message(true, 'vitrine', '${nonce}')`;
}

/** Sets the source up by `apply`, copies it and follows it. The reader's connection is the superuser's: privileges are tested elsewhere. */
export async function openRecorder({
  url,
  declarationText,
  slot,
}: {
  readonly url: string;
  readonly declarationText: string;
  readonly slot: string;
}): Promise<Recorder> {
  const declaration = parseDeclaration(declarationText, "vitrine.yaml");
  const source = openSource({ address: parseSourceUrl(url), applicationName: "differential test" });
  const keys: TokenKeys = new Map(tokenSpaces(declaration).map((space) => [space, makeKey(space, randomBytes)]));
  const compiled = await oneAtATime(url, async () => setUp(source, declaration, keys));
  const treater = createTreater(compiled, keys);
  const { messages, lsn } = await copy(source, { compiled, treater, slot });
  const stream = await openStream({ source, slot, publications, tables: compiled.sourceTables, from: lsn, nowMs: () => Date.now() });
  const hello: DownMessage = {
    tag: "hello",
    schema: compiled.schema,
    systemIdentifier: stream.systemIdentifier,
    timeline: stream.timeline,
    slot,
  };
  const follower = new Follower(stream, treater);
  return {
    compiled,
    keys,
    slot,
    beginning: [hello, ...messages],
    until: (nonce) => follower.until(nonce),
    notices: follower.notices,
    [Symbol.asyncDispose]: () => follower.close(),
  };
}

/** The reader's role is the server's, not the database's: two test files that set up at once would both create it. */
async function oneAtATime<T>(url: string, work: () => Promise<T>): Promise<T> {
  const whole = new URL(url);
  // Advisory locks are a database's own.
  whole.pathname = "/postgres";
  const client = new pg.Client({ connectionString: whole.href, application_name: "vitrine-test" });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock(hashtext('vitrine_reader'))");
    return await work();
  } finally {
    await client.end();
  }
}

async function setUp(source: Source, declaration: ReturnType<typeof parseDeclaration>, keys: TokenKeys): Promise<CompiledPolicy> {
  await using sql = await source.openSql();
  const needed = tablesNeeded(declaration);
  const tables = needed.map((name) => ({ schema: name.slice(0, name.indexOf(".")), table: name.slice(name.indexOf(".") + 1) }));
  const catalog = await readCatalog(sql, { tables, role: "vitrine_reader" });
  const compiled = compilePolicy(declaration, catalog, { keys: keyFingerprints(keys, tokenSpaces(declaration)) });
  const facts = await readPlanFacts(sql, { tables: needed });
  await applyPlan(sql, planSource(compiled, catalog, { facts }), { newPassword: false, random: randomBytes });
  return compiled;
}

async function copy(
  source: Source,
  { compiled, treater, slot }: { readonly compiled: CompiledPolicy; readonly treater: Treater; readonly slot: string },
): Promise<{ readonly messages: readonly DownMessage[]; readonly lsn: Lsn }> {
  await using snapshot = await openSnapshot({
    source,
    slot,
    tables: compiled.sourceTables,
    publications,
    rowSecurityTables: new Set(),
    connections: 1,
    replaceSlot: false,
    onStatus: () => undefined,
  });
  const messages: DownMessage[] = [{ tag: "snapshot-begin", lsn: snapshot.lsn, at: snapshot.at, estimates: snapshot.estimates }];
  for await (const event of snapshot.events()) messages.push(event.tag === "rows" ? treater.rows(event.rows) : event);
  messages.push({ tag: "snapshot-end", lsn: snapshot.lsn, epoch: formatEpoch(snapshot.epoch) });
  return { messages, lsn: snapshot.lsn };
}

/** Pulls the stream all the time; what was recorded waits to be taken. */
class Follower {
  readonly #stream: Stream;
  readonly #treater: Treater;
  readonly #seen = new Set<string>();
  readonly notices = new Set<string>();
  #recorded: Recorded[] = [];
  #open: Extract<DownMessage, { tag: "changes" }>[] = [];
  #failed: Error | undefined;
  #closed = false;
  #wake: () => void = () => undefined;
  readonly #done: Promise<void>;

  constructor(stream: Stream, treater: Treater) {
    this.#stream = stream;
    this.#treater = treater;
    this.#done = this.#pull().catch((error: unknown) => {
      if (!this.#closed) this.#failed = error instanceof Error ? error : new Error(String(error));
      this.#wake();
    });
  }

  async until(nonce: string): Promise<readonly Recorded[]> {
    const deadline = Date.now() + waitMs;
    while (!this.#seen.has(nonce)) {
      if (this.#failed !== undefined) throw this.#failed;
      if (Date.now() > deadline) throw new Error("the mark did not come back on the stream");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 1_000);
      });
    }
    this.#seen.delete(nonce);
    return this.#recorded.splice(0);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#stream[Symbol.asyncDispose]();
    await this.#done;
  }

  async #pull(): Promise<void> {
    for await (const event of this.#stream) this.#take(event);
  }

  #take(event: RawEvent): void {
    if (event.tag === "changes") this.#open.push(this.#treater.changes(event.changes));
    else if (event.tag === "commit") {
      this.#recorded.push({ changes: this.#open.splice(0), commit: event });
      this.#stream.acknowledge(event.lsn);
    } else if (event.tag === "heartbeat") {
      this.#seen.add(event.nonce);
      this.#wake();
    } else if (event.tag === "relation-changed") this.notices.add(event.message);
  }
}
