/**
 * Real servers for the guard, each in a state of which we know what the guard must say. A launcher starts one and tells where it is; a
 * fixture is a launcher with its name and what it needs on this machine. All of them stand in fixtures.ts, one line each.
 */
import type { Checker } from "../../../src/guard/checks/checker.ts";
import type { Seen } from "../../../src/guard/ladder.ts";
import type { Need } from "./need.ts";

/** A server that runs. Disposing of it ends it. */
export interface Running extends AsyncDisposable {
  /** As a person would type it for `vitrine guard check`. */
  readonly url: string;
  /** What answers, e.g. `Redis`. */
  readonly title: string;
  /** As the server itself says it. */
  readonly version: string;
  readonly evidence: Checker["evidence"];
  /** The verdict over all channels and addresses of the URL. */
  readonly expected: Seen;
  /** What is readable of it once it has proved to be what it is, in words, without its address; absent: it is not looked into. */
  readonly holds?: readonly string[];
  /** Absent: this server keeps no log of what it is asked. */
  readonly ownLog?: OwnLog;
}

/** What a server's own log says that it was asked: neither our checkers nor our sockets have a part in it. */
export interface OwnLog {
  /** As the log is called; who judges it goes by that. */
  readonly of: "MONITOR" | "memcached -vv" | "log_statement" | "general_log" | "HttpTracer" | "access log" | "commands";
  /** Each thing that was asked since the server was ready, in the log's own words. */
  asked(): Promise<readonly string[]>;
}

export interface Fixture {
  /** As the checker's folder is called. */
  readonly service: string;
  /** What is special about this one: `open`, `password`, `proxy with 401 on /`. */
  readonly name: string;
  /** What must be on this machine; where it cannot be had the fixture is skipped, and says so. */
  readonly needs: readonly Need[];
  /** Starts within a few seconds: part of `npm test`. The others are run by `npm run test:guard` alone. */
  readonly isFast: boolean;
  readonly start: () => Promise<Running>;
}
