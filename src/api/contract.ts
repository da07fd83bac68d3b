/**
 * What the dashboard may know of this server: paths and shapes, as types alone. It is served from the folder `dist/web`: `index.html` at `/`
 * (the view's state is in the query, which the server does not look at) and the files of `assets/` at `/assets/<file>`, all of it
 * without a log-in, under `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'`:
 * no inline script, no inline style element, nothing from elsewhere.
 *
 * Log-in: the link of `npm start` is `/#code=…`; POST the code to `/v1/session` as JSON and take it out of the address. Or navigate to
 * `/v1/login/oidc?to=<the view's query, with its "?">`; it ends at `/` with that query, or at `/#login=refused` (no role) or `/#login=failed`.
 * POST `/v1/session/end` (no body) logs out. A request that may not be made answers 401 with a problem: show the log-in.
 *
 * `reason=…` (3 to 200 characters) in a question, or the header `vitrine-reason`, lifts k for an analyst; each such answer stands with name
 * and reason in the audit log, so it is asked for by a person and never by a timer.
 *
 * `told` of a metric in GET /v1/metrics is what may be asked without a reason: a page offers that and nothing else.
 */
import type { Answer } from "../metrics/answer.ts";
import type { CopyReport } from "../metrics/copy-report.ts";
import type { MetricDescription } from "../metrics/describe.ts";
import type { Role } from "./tokens.ts";

/** GET /v1/session (always 200), POST /v1/session { code }, POST /v1/session/end. */
export interface SessionReport {
  readonly signedIn: boolean;
  readonly name?: string;
  readonly role?: Role;
  /** ISO 8601; absent for a bearer token without an end, and on the owner's socket. */
  readonly expiresAt?: string;
  /** Which log-ins there are: `code` (a link from the command line), `oidc` (the company's). */
  readonly login: readonly ("code" | "oidc")[];
}

/** GET /v1/metrics. */
export interface Catalogue {
  readonly metrics: readonly MetricDescription[];
}

/**
 * GET /v1/metrics/<name>?grain=&from=&to=&range=&by=a,b&where.<dimension>=v (repeated)&limit= … ; the same question at
 * /v1/metrics/<name>.csv and /v1/metrics/<name>.parquet gives a file.
 */
export type MetricAnswer = Answer;

/** GET /v1/copy: analyst and above. What the copy holds and what stayed, column by column. */
export type Copy = CopyReport;

/** GET /v1/audit?limit=&before=: admin. Newest first. */
export interface AuditReport {
  readonly entries: readonly AuditEntry[];
}

/** Who was given numbers with k lifted, and why. */
export interface AuditEntry {
  readonly id: number;
  /** ISO 8601. */
  readonly at: string;
  /** kept: name, role, way in, reason and question are there. erased: on request, the ledger says so. missing: somebody took them away. */
  readonly words: "kept" | "erased" | "missing";
  readonly name?: string;
  /** Who it is at the issuer of the log-in, which two people never share; absent for tokens and printed links. */
  readonly subject?: string;
  readonly role?: Role;
  readonly via?: "token" | "session";
  readonly reason?: string;
  readonly metric: string;
  /** The canonical question as JSON. */
  readonly question?: string;
  readonly cells: number;
  /** Position of the numbers that were seen. */
  readonly lsn: string;
  /** The words are there, and are those that were written: they fit the commitment in the ledger. */
  readonly intact: boolean;
}

/** What a checker saw: a rung of docs/guard.md, or `unknown`, which is never fine; `not-yet`: never checked. */
export type GuardSeen =
  | "closed"
  | "filtered"
  | "auth-required"
  | "shielded"
  | "anonymous-accepted"
  | "schema-readable"
  | "counts-readable"
  | "data-readable"
  | "unknown"
  | "silent"
  | "not-yet";

/** Held against what is expected there. */
export type GuardJudged = "as-expected" | "deviation" | "unknown";

/** GET /v1/guard/assets: responder and admin. */
export interface GuardAssets {
  /** ISO 8601: when this was said, by the server's clock. Ages are counted from it: the reader's own may be wrong. */
  readonly at: string;
  readonly watch: GuardWatch;
  readonly assets: readonly GuardAsset[];
}

/** Whether anybody looks. What is shown while nobody does is of the past. */
export interface GuardWatch {
  readonly state: "watching" | "not-watching";
  /** ISO 8601: since when it is so; absent: it was never begun. */
  readonly since?: string;
  /** It is started again and again, and ends each time. */
  readonly failing?: { readonly restarts: number; readonly code: string; readonly message: string; readonly remedy: string };
}

export interface GuardLook {
  /** ISO 8601: of the last time that all of it was counted; absent: there was none. */
  readonly at?: string;
  /** Why it could not be counted since. */
  readonly because?: string;
}

export interface GuardAsset {
  readonly name: string;
  readonly owner: string;
  /** As `SERVICE://HOST:PORT`. */
  readonly targets: readonly string[];
  readonly services: readonly string[];
  readonly data: readonly string[];
  readonly profile: "standard" | "fast";
  readonly everySeconds: number;
  /** By all vantages together. */
  readonly seen: GuardSeen;
  readonly judged: GuardJudged;
  readonly vantages: readonly GuardVantageSight[];
  /** Where it is looked into with its own login, each hour. */
  readonly look?: GuardLook;
  /** Ids of the alarms of it that stand. */
  readonly alarms: readonly string[];
}

export interface GuardVantageSight {
  /** `here`: the watch itself. */
  readonly vantage: string;
  readonly expected: "unreachable" | "auth-required" | "mtls";
  readonly seen: GuardSeen;
  readonly judged: GuardJudged;
  /** ISO 8601: the last check, and since when it has been seen so; absent while there was none. */
  readonly at?: string;
  readonly since?: string;
  /** The last check is older than it may be: what was seen is not known to be so now. */
  readonly stale: boolean;
  readonly checks: readonly GuardCheck[];
}

export interface GuardCheck {
  readonly target: string;
  readonly service: string;
  /** Who has answered this checker in its tests. */
  readonly evidence: "vendor" | "independent" | "stand-in";
  readonly seen: GuardSeen;
  readonly untested: readonly ("IPv4" | "IPv6")[];
  readonly remedy: string | null;
  readonly places: readonly {
    readonly address: string;
    readonly family: "IPv4" | "IPv6";
    readonly channel: "plain" | "tls";
    readonly by: "name" | "address";
    readonly seen: GuardSeen;
    readonly because: string;
    readonly notes: readonly string[];
  }[];
}

/** GET /v1/guard/verdicts?asset=&from=&limit=&before= : newest first. What changed, and when nobody looked. */
export interface GuardVerdicts {
  readonly verdicts: readonly (
    | {
        readonly entry: number;
        readonly at: string;
        readonly kind: "verdict";
        readonly asset: string;
        readonly vantage: string;
        readonly seen: GuardSeen;
        readonly judged: GuardJudged;
        readonly before: GuardSeen;
      }
    /** The watch began or ended: between an end and a beginning nobody looked. */
    | {
        readonly entry: number;
        readonly at: string;
        readonly kind: "watch";
        readonly event: "begun" | "ended";
        /** Of a beginning after a watch that was killed: its last word. From then until now nobody looked. */
        readonly lastAt?: string;
      }
  )[];
}

/** GET /v1/guard/alarms?open=true&limit= : newest first. POST /v1/guard/alarms/<id>/acknowledge answers with the one. */
export interface GuardAlarms {
  readonly alarms: readonly GuardAlarm[];
}

export interface GuardAlarm {
  readonly id: string;
  readonly asset: string;
  readonly owner: string;
  readonly vantage: string;
  readonly event: string;
  readonly severity: "page" | "warning" | "info";
  readonly seen: GuardSeen;
  readonly since: string;
  readonly toldAt: string;
  /** Absent while it stands. */
  readonly overAt?: string;
  readonly flaps: number;
  readonly summary: string;
  readonly details: readonly string[];
  readonly remedy: readonly string[];
  readonly acknowledged?: { readonly at: string; readonly by: string };
  readonly readable?: readonly GuardReadable[];
  readonly deliveries: readonly {
    readonly channel: string;
    readonly state: "delivered" | "waiting";
    readonly tries: number;
    readonly at?: string;
  }[];
}

/** What somebody without credentials can read of one data set, counted by the store itself; no value of it. */
export interface GuardReadable {
  readonly target: string;
  /** As it is declared. */
  readonly dataSet: string;
  /** Why nothing was counted; absent where it was. */
  readonly notCounted?:
    | "identity-not-confirmed"
    | "not-offered"
    | "no-login"
    | "closed"
    | "refused"
    | "no-time"
    | "too-long"
    | "not-understood";
  readonly records?: GuardCount;
  /** Distinct persons, by the declared key. */
  readonly persons?: GuardCount;
  /** Worst first: special categories (GDPR Art. 9), live tokens, children, precise location, contact, the rest. */
  readonly categories: readonly {
    /** Of fideslang, or our extension; docs/guard.md lists them. */
    readonly category: string;
    readonly title: string;
    readonly special: boolean;
    /** Declared as allowed in this store. */
    readonly allowed: boolean;
    readonly records?: GuardCount;
  }[];
}

export interface GuardCount {
  readonly value: number;
  /** about: between low and high, by the store's own estimate. */
  readonly kind: "exact" | "at-least" | "about";
  readonly low?: number;
  readonly high?: number;
}

/** GET /v1/guard/events: server-sent events. Each says only that something changed; ask for it. */
export type GuardEvent = { readonly changed: "assets" } | { readonly changed: "alarms" };

/** Every refusal: RFC 9457, `application/problem+json`. */
export interface ProblemReport {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly remedy: string;
  readonly place?: string;
}
