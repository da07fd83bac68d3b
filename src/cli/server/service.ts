/** What the server does for its two doors (HTTP, owner's socket): questions, status, proof, verification. */
import { randomBytes, randomInt } from "node:crypto";
import type { Backend, GuardBackend } from "../../api/backend.ts";
import { LinkCodes } from "../../api/sessions.ts";
import { must } from "../../lib/assert.ts";
import { systemClock } from "../../lib/clock.ts";
import { VitrineError } from "../../model/error.ts";
import type { CellMismatch } from "../../mirror/duckdb.ts";
import type { Mirror, MirrorStatus } from "../../mirror/mirror.ts";
import type { CompiledMetrics } from "../../metrics/compile.ts";
import { compileMetrics } from "../../metrics/compile.ts";
import { sizesFrom } from "../../metrics/estimate.ts";
import type { CopyReport } from "../../metrics/copy-report.ts";
import { reportCopy } from "../../metrics/copy-report.ts";
import { describeMetrics } from "../../metrics/describe.ts";
import { ask } from "../../metrics/respond.ts";
import { prepareForViewers } from "../../metrics/viewers.ts";
import type { StatusReport } from "../../metrics/status-report.ts";
import { reportGeneration } from "../../metrics/status-report.ts";
import type { ProofVerdict } from "../../policy/safe.ts";
import type { Json } from "../canonical-json.ts";
import type { State } from "../state.ts";
import type { AuditJournal } from "./audit-journal.ts";
import { AuditLog } from "./audit-log.ts";
import type { Driver } from "./driver.ts";
import type { Host } from "./host.ts";
import { lastVerification } from "./last-verification.ts";
import { proveStore } from "./proofs.ts";
import { Requests } from "./requests.ts";
import { Verification } from "./verification.ts";
import type { VerifyMode } from "./verification.ts";

export interface ServiceOptions {
  readonly state: State;
  readonly journal: AuditJournal;
  readonly version: string;
  readonly startedAtMs: number;
  readonly nowMs: () => number;
}

export interface VerifyReport {
  readonly equal: boolean;
  readonly mode: VerifyMode;
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly sourceRows: number; readonly differing: number }[];
  /** Cuboids with cells that are not what the copy's own rows give; undefined: cells were not looked at. */
  readonly cells?: readonly CellMismatch[];
  readonly message: string;
}

/** `logicalSince`, `physicalAt`: ISO 8601; absent where nothing had been deleted, or nothing was compacted. */
export interface CompactReport {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly logicalSince?: string;
  readonly physicalAt?: string;
}

function times({ logicalSince, physicalAt }: MirrorStatus["erasure"]): Pick<CompactReport, "logicalSince" | "physicalAt"> {
  const iso = (micros: number): string => new Date(micros / 1000).toISOString();
  return {
    ...(logicalSince === undefined ? {} : { logicalSince: iso(logicalSince) }),
    ...(physicalAt === undefined ? {} : { physicalAt: iso(physicalAt) }),
  };
}

const proveLimitMs = 60_000;
/** Order in which the verdicts are shown. */
const verdictOrder = ["select-and-copy", "other-decoding", "physical-replication", "store"] as const;

export class Service {
  readonly #options: ServiceOptions;
  readonly verification = new Verification();
  readonly #proofs = new Requests<readonly ProofVerdict[]>();
  /** By mirror, with what was given up in it when they were compiled: that changes once, when the copy is loaded. */
  readonly #compiled = new WeakMap<
    Mirror,
    { readonly givenUp: Mirror["givenUp"]; readonly phase: string; readonly metrics: CompiledMetrics }
  >();
  /** One-time codes of printed links. */
  readonly codes = new LinkCodes();
  readonly audit: AuditLog;
  readonly #looking = new WeakSet<Host>();
  readonly #weighed = new WeakSet<Host>();
  #driver: Driver | undefined;
  #verdicts = new Map<ProofVerdict["name"], ProofVerdict>();

  constructor(options: ServiceOptions) {
    this.#options = options;
    const { state, journal, nowMs } = options;
    this.audit = new AuditLog({ state, journal, nowMs, salt: () => randomBytes(16).toString("hex") });
    const last = options.state.ledger({ kind: "proof", last: 1 })[0]?.body;
    const verdicts = (last as { readonly verdicts?: readonly ProofVerdict[] } | undefined)?.verdicts ?? []; // eslint-disable-line -- written by #keep
    for (const verdict of verdicts) this.#verdicts.set(verdict.name, verdict);
  }

  bind(driver: Driver): void {
    this.#driver = driver;
  }

  get #bound(): Driver {
    return must(this.#driver, "driver");
  }

  readonly backend: Omit<Backend, keyof GuardBackend> = {
    metrics: async () => {
      return describeMetrics(this.#metricsOf(this.#shown()));
    },
    answer: async (question, { facts, audience, audit }) => {
      const host = this.#shown();
      const rights = { facts, audience };
      const answer = await ask(host.mirror, this.#metricsOf(host), question, this.#nowMicros(), { ...rights, clock: systemClock });
      // Written down before anybody sees it: an answer that cannot be is not given.
      if (audit !== undefined) await this.audit.note(audit, answer);
      return answer;
    },
    status: async () => this.status(),
    proof: async () => ({ verdicts: this.#inOrder() }),
    copy: async () => this.#copy(),
    ready: async () => {
      const phase = this.#bound.shown?.mirror.status.phase ?? "starting";
      return { ready: phase === "ready", state: phase };
    },
    audit: async (wanted) => this.audit.read(wanted),
    redeemCode: async (sha256) => this.codes.redeem(sha256, this.#options.nowMs()),
    openSession: async (entry) => {
      this.#options.state.addSession(entry);
      this.#options.state.append("session", { event: "opened", role: entry.role });
    },
    endSession: async (sha256) => this.#options.state.endSession(sha256),
  };

  status(): StatusReport {
    const now = this.#nowMicros();
    const { generations, hosts, shown } = this.#bound;
    const serving = generations.find((one) => one.role === "serving" || one.role === "frozen");
    return {
      version: this.#options.version,
      startedAt: new Date(this.#options.startedAtMs).toISOString(),
      serving: serving?.number ?? shown?.number,
      generations: hosts.map((host) => reportGeneration(host.mirror.status, now)),
      readers: hosts.map((host) => host.reader),
      erased: this.#bound.erased,
    };
  }

  #copy(): CopyReport {
    const host = this.#shown();
    return reportCopy({
      declaration: must(host.declaration, "declaration of what is shown"),
      generation: host.number,
      rows: host.mirror.status.rows,
      proof: this.#inOrder(),
      verification: lastVerification(this.#options.state, host.number),
    });
  }

  /** Throws cli/refused while no reader answers. */
  async prove(): Promise<readonly ProofVerdict[]> {
    const host = this.#shown();
    const verdicts = await this.#proofs.ask((request) => host.ask({ tag: "prove", request }), proveLimitMs);
    if (verdicts === undefined || verdicts.length === 0)
      throw new VitrineError("cli/refused", {
        message: `The reader cannot prove now: ${host.reader.message}`,
        remedy: host.reader.remedy ?? "`vitrine status` shows the reader's state.",
      });
    return this.#inOrder();
  }

  /** Verdicts of the source came from a reader: the store's is added, all are written to the ledger and served. */
  async keepProof(verdicts: readonly ProofVerdict[], request: number | undefined): Promise<void> {
    const host = this.#bound.shown;
    if (verdicts.length > 0 && host !== undefined) {
      const store = await proveStore({
        mirror: host.mirror,
        declaration: must(host.declaration, "declaration of what is shown"),
        rules: host.rules,
        at: this.#nowMicros(),
      });
      for (const verdict of [...verdicts, store]) this.#verdicts.set(verdict.name, verdict);
      this.#options.state.append("proof", JSON.parse(JSON.stringify({ verdicts: this.#inOrder(), generation: host.number })) as Json); // eslint-disable-line -- made of our own data
    }
    if (request !== undefined) this.#proofs.answer(request, verdicts);
  }

  /**
   * Compares the copy with the source at one exact position. `tables` empty: all. A difference is written down and the copy built
   * anew. Throws cli/refused when the position could not be had.
   */
  async verify(mode: VerifyMode, wanted: readonly string[]): Promise<VerifyReport> {
    const host = this.#shown();
    const rows = await this.#verifyHost(host, mode, wanted);
    return !rows.equal || mode === "counts" || wanted.length > 0 ? rows : this.#verifyCells(host, rows);
  }

  /** Invariant 4: each cell is what the copy's rows give. The report of the rows, with that of the cells. */
  async #verifyCells(host: Host, report: VerifyReport): Promise<VerifyReport> {
    const { mode } = report;
    const cells = await host.mirror.checkCells(mode === "sample" ? (count) => randomInt(Math.max(1, count)) : undefined);
    this.#options.state.append("verify-cells", { mode, generation: host.number, differing: cells.map((one) => ({ ...one })) });
    if (cells.length === 0) return { ...report, cells };
    const metrics = new Set(cells.map((one) => one.metric));
    const tables = (host.mirror.cells?.metrics ?? []).filter((metric) => metrics.has(metric.name)).map((metric) => metric.table);
    await this.#distrust(host, [...new Set(tables)], "cells-differ");
    return {
      ...report,
      equal: false,
      cells,
      message: `Cells differ from the rows: ${[...metrics].join(", ")}. The copy is being built anew.`,
    };
  }

  /** Untrusted from now on, and built anew. */
  async #distrust(host: Host, tables: readonly string[], reason: "rows-differ" | "cells-differ"): Promise<void> {
    await host.mirror.distrust(tables.map((table) => ({ table, reason })));
    this.#bound.rebuild(host, `verify-${reason}`);
  }

  async #verifyHost(host: Host, mode: VerifyMode, wanted: readonly string[]): Promise<VerifyReport> {
    const all = (host.mirror.schema?.tables ?? []).map((table) => table.name);
    const unknown = wanted.find((name) => !all.includes(name));
    if (unknown !== undefined)
      throw new VitrineError("cli/usage", {
        message: `There is no such table in the copy. There is: ${all.join(", ")}.`,
        place: "--table",
      });
    const outcome = await this.verification.run(host, { mode, tables: wanted.length === 0 ? all : wanted });
    if (outcome === undefined)
      throw new VitrineError("cli/refused", {
        message: `The reader cannot verify now: ${host.reader.message}`,
        remedy: "`vitrine status` shows the reader's state.",
      });
    if (outcome.tag === "blocked")
      throw new VitrineError("cli/refused", {
        message: `One exact position could not be had: the source's transactions of pids ${outcome.pids.join(", ") || "(unknown)"} were in the way.`,
        remedy: "Try again when they have ended.",
      });
    const differing = outcome.results.filter((one) => one.differing > 0).map((one) => one.table);
    const report: VerifyReport = {
      equal: differing.length === 0,
      mode,
      tables: outcome.results.map((one) => ({
        table: one.table,
        rows: one.mirrorRows,
        sourceRows: one.sourceRows,
        differing: one.differing,
      })),
      message:
        differing.length === 0
          ? "The copy is what the source says, at one position."
          : `Different: ${differing.join(", ")}. The copy is being built anew.`,
    };
    this.#options.state.append("verify", { mode, generation: host.number, tables: report.tables.map((one) => ({ ...one })) });
    if (!report.equal) await this.#distrust(host, differing, "rows-differ");
    return report;
  }

  /**
   * The catalog has changed in a way that may or may not have touched rows: looked at, and accepted when they are equal. One at a
   * time: the reader says again what is still to be looked at.
   */
  async verifyAfterEpoch(host: Host, wanted: readonly string[]): Promise<void> {
    if (this.#looking.has(host)) return;
    this.#looking.add(host);
    try {
      const tables = wanted.includes("*") ? [] : wanted;
      const report = await this.#verifyHost(host, "full", tables);
      if (report.equal) host.ask({ tag: "accept-epoch", tables });
    } finally {
      this.#looking.delete(host);
    }
  }

  /** Has small groups weighed as soon as a copy answers, and its units are counted. */
  async weigh(): Promise<void> {
    const host = this.#bound.shown;
    if (host === undefined || this.#weighed.has(host)) return;
    const { phase, counting } = host.mirror.status;
    if (phase !== "ready" || counting !== undefined) return;
    this.#weighed.add(host);
    await prepareForViewers(host.mirror, this.#metricsOf(host), systemClock);
  }

  /** Of what answers; undefined before the first copy. */
  get erasure(): MirrorStatus["erasure"] | undefined {
    return this.#bound.shown?.mirror.status.erasure;
  }

  /** Rewrites the store's file, so that what deleted rows have left in it is gone. */
  async compact(): Promise<CompactReport> {
    const host = this.#shown();
    const { logicalSince } = host.mirror.status.erasure;
    const done = await host.mirror.compact();
    const { physicalAt } = host.mirror.status.erasure;
    const report = { ...done, ...times({ logicalSince, physicalAt }) };
    this.#options.state.append("compact", { generation: host.number, ...report });
    return report;
  }

  #inOrder(): readonly ProofVerdict[] {
    return verdictOrder.flatMap((name) => this.#verdicts.get(name) ?? []);
  }

  #shown() {
    const host = this.#bound.shown;
    if (host === undefined) throw new VitrineError("cli/not-running", { message: "The server is still opening its store." });
    return host;
  }

  /** Throws api/busy before a reader has said what there is. */
  #metricsOf({ mirror, declaration }: Host): CompiledMetrics {
    const { givenUp, status } = mirror;
    const known = this.#compiled.get(mirror);
    if (known !== undefined && known.givenUp === givenUp && known.phase === status.phase) return known.metrics;
    if (mirror.schema === undefined)
      throw new VitrineError("cli/not-ready", { message: "The copy has not begun: no reader has been there yet." });
    const metrics = compileMetrics({
      declaration: must(declaration, "declaration of what is shown"),
      schema: mirror.schema,
      sizes: sizesFrom(mirror.sizes),
      counted: status.cuboids ?? [],
    });
    this.#compiled.set(mirror, { givenUp, phase: status.phase, metrics });
    return metrics;
  }

  #nowMicros(): number {
    return this.#options.nowMs() * 1000;
  }
}
