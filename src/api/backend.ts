/**
 * What the HTTP side needs of the server, as an asynchronous interface: `cli/` implements it by messages to the main thread, tests
 * by a plain object. Every method may reject with a VitrineError (its code decides the HTTP status); anything else is a bug and
 * is answered without its text.
 */
import type { Answer } from "../metrics/answer.ts";
import type { CopyReport } from "../metrics/copy-report.ts";
import type { MetricDescription } from "../metrics/describe.ts";
import type { QuestionInput } from "../metrics/question.ts";
import type { ProofLine, StatusReport } from "../metrics/status-report.ts";
import type { AuditEntry, GuardAlarm, GuardAlarms, GuardAssets, GuardVerdicts } from "./contract.ts";
import type { SessionEntry } from "./sessions.ts";
import type { Role } from "./tokens.ts";

/** The last proof of each kind; `verdicts` is empty while none was made. Times are microseconds since 1970 UTC. */
export interface ProofReport {
  readonly verdicts: readonly ProofLine[];
}

/** ready: answers can be given now. `state` is one word for a person (`building`, `ready` …), never a value. */
export interface Readiness {
  readonly ready: boolean;
  readonly state: string;
}

/** Who lifts k, and why. */
export interface AuditNote {
  readonly name: string;
  /** Who it is at the issuer of the log-in. */
  readonly subject?: string;
  readonly role: Role;
  readonly via: "token" | "session";
  readonly reason: string;
}

export interface AnswerRights {
  /** Whether the asker may have rows read where no cuboid answers. */
  readonly facts: boolean;
  /** viewer: small groups are withheld. analyst: they are not. */
  readonly audience: "viewer" | "analyst";
  /** Written down, durably, before the answer is given. */
  readonly audit?: AuditNote;
}

/** What the guard saw and told, as its own process keeps it. */
export interface GuardBackend {
  guardAssets(): Promise<GuardAssets>;
  /** Newest first; `before`: only entries with a smaller id; `from`: milliseconds since 1970. */
  guardVerdicts(wanted: {
    readonly asset: string | undefined;
    readonly from: number | undefined;
    readonly before: number | undefined;
    readonly limit: number;
  }): Promise<GuardVerdicts>;
  guardAlarms(wanted: { readonly open: boolean; readonly limit: number }): Promise<GuardAlarms>;
  /** undefined: there is no such alarm. One that somebody has acknowledged stays as it is. */
  acknowledgeAlarm(alarm: string, who: { readonly name: string; readonly role: Role }): Promise<GuardAlarm | undefined>;
  /** Messages that wait to be delivered, by way out. */
  guardWaiting(): Promise<Readonly<Record<string, number>>>;
}

export interface Backend extends GuardBackend {
  /** What can be asked. */
  metrics(): Promise<readonly MetricDescription[]>;
  /** `question` is untrusted as it stands: implement it with `ask` of metrics/respond.ts. */
  answer(question: QuestionInput, rights: AnswerRights): Promise<Answer>;
  status(): Promise<StatusReport>;
  proof(): Promise<ProofReport>;
  /** What the copy holds and what stayed behind. */
  copy(): Promise<CopyReport>;
  ready(): Promise<Readiness>;
  /** Newest first; `before`: only entries with a smaller id. */
  audit(options: { readonly limit: number; readonly before: number | undefined }): Promise<readonly AuditEntry[]>;
  /** Who a one-time code of that hash is for; it is spent. */
  redeemCode(sha256: string): Promise<{ readonly name: string; readonly role: Role } | undefined>;
  /** Sessions outlive a restart of the server. */
  openSession(entry: SessionEntry): Promise<void>;
  endSession(sha256: string): Promise<void>;
}
