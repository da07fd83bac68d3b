/**
 * The routes of our own API, as its description (GET /v1/openapi.json) lists them: test/surfaces/guard-routes.test.ts holds the two
 * equal. This stage does not know the API's code, so that a fault there is not a fault here as well.
 */
import type { Seen } from "../../ladder.ts";

/** What an answer to each shows, if somebody without a token gets one. Paths as the description writes them. */
export const guarded: Readonly<Record<string, Seen>> = {
  "GET /v1/metrics": "schema-readable",
  "GET /v1/metrics/{name}": "counts-readable",
  "GET /v1/metrics/{name}.csv": "counts-readable",
  "GET /v1/metrics/{name}.parquet": "counts-readable",
  "GET /v1/status": "counts-readable",
  "GET /v1/proof": "counts-readable",
  "GET /v1/copy": "schema-readable",
  "GET /v1/audit": "data-readable",
  "GET /v1/guard/assets": "schema-readable",
  "GET /v1/guard/verdicts": "schema-readable",
  "GET /v1/guard/alarms": "schema-readable",
  "GET /v1/guard/events": "schema-readable",
  "GET /v1/openapi.json": "schema-readable",
  "GET /metrics": "counts-readable",
};

/** For everyone: health, the page without a number, and log-in; and what writes, for whomever. They are not asked. */
export const everyones: readonly string[] = [
  "GET /",
  "GET /assets/{name}",
  "GET /healthz",
  "GET /readyz",
  "GET /v1/login/oidc",
  "GET /v1/login/oidc/callback",
  "GET /v1/session",
  "POST /v1/guard/alarms/{name}/acknowledge",
  "POST /v1/session",
  "POST /v1/session/end",
];

/** Files that must not lie below a web root, and how each begins. Sixteen bytes are asked for, and none is kept. */
export const files: Readonly<Record<string, RegExp>> = {
  "/.env": /^(?:[ \t]*(?:#[^\n]*)?\n)*(?:#|(?:export )?[A-Za-z_]\w*(?:=|$))/,
  "/vitrine.yaml": /^(?:#|---|[a-z_]+:)/,
  "/state.sqlite": /^SQLite format 3/,
  "/.vitrine/state.sqlite": /^SQLite format 3/,
  "/backup/state.sqlite": /^SQLite format 3/,
  "/mirror.duckdb": /^[^]{8}DUCK/,
  "/.vitrine/mirror/gen-1/mirror.duckdb": /^[^]{8}DUCK/,
  "/backup/mirror.duckdb": /^[^]{8}DUCK/,
};
