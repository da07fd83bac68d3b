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
