/* oxlint-disable max-lines -- each state of each server is a recording */
/** Made by `npm run record:guard -- vitrine` from real servers; everything in them is made up. */
import type { Recording } from "../../checks/recording.ts";

export const recordings: readonly Recording[] = [
  {
    of: "Vitrine 0.1.0, as shipped",
    seen: "auth-required",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "/v1/vitrine-guard",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.csv",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.parquet",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/status",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/proof",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/copy",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/audit",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/assets",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/verdicts",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/alarms",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/events",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/openapi.json",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.env",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/vitrine.yaml",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/mirror/gen-1/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Vitrine 0.1.0, /v1/metrics without its guard",
    seen: "schema-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "/v1/vitrine-guard",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics",
        bytes:
          'HTTP/1.1 200 OK\r\ncache-control: private, no-cache\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\ncontent-type: application/json; charset=utf-8\r\netag: W/"E2q6Spn6Y2e-j13-vmmQFi"\r\nvary: authorization, cookie, vitrine-reason\r\ncontent-length: 467\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"metrics":[{"name":"activations","title":"Activations","description":"","unit":"devices","owner":"","format":"number","kind":"count","history":"follow","definitionVersion":"0123456789abcdef","zone":"America/Los_Angeles","k":10,"grains":["day","all"],"dimensions":[{"name":"model","origin":"own"}],"annotations":[{"at":"2026-11-02","title":"Campaign"}],"told":{"splits":[{"grain":"day","dimensions":[]}],"totals":true,"compare":true},"cuboids":["day","day__model"]}]}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.csv",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.parquet",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/status",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/proof",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/copy",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/audit",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/assets",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/verdicts",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/alarms",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/events",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/openapi.json",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.env",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/vitrine.yaml",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/mirror/gen-1/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Vitrine 0.1.0, /v1/status without its guard",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "/v1/vitrine-guard",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.csv",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.parquet",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/status",
        bytes:
          'HTTP/1.1 200 OK\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: 495\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"version":"0.1.0","startedAt":"2026-11-22T13:00:00.000Z","generations":[{"generation":1,"phase":"ready","untrusted":[{"table":"devices","reason":"truncated","message":"m","remedy":"r"}],"trouble":[{"table":"devices","column":"firmware","other":3,"degraded":0}],"loading":[],"rows":{"devices":5},"bytes":4096,"erasure":{"overdue":false},"cuboids":[{"metric":"activations","id":"day","cells":5,"givenUp":false}],"applied":{"lsn":"0/10","at":"2026-11-22T13:59:58.000Z"}}],"readers":[],"serving":1}',
        ended: "whole",
      },
      {
        request: "/v1/proof",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/copy",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/audit",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/assets",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/verdicts",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/alarms",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/events",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/openapi.json",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.env",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:26 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/vitrine.yaml",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/mirror/gen-1/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Vitrine 0.1.0, /v1/audit without its guard",
    seen: "data-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "/v1/vitrine-guard",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.csv",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.parquet",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/status",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/proof",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/copy",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/audit",
        bytes:
          "HTTP/1.1 200 OK\r\ncache-control: no-store\r\ncontent-security-policy: default-src 'none'; frame-ancestors 'none'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: 14\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{\"entries\":[]}",
        ended: "whole",
      },
      {
        request: "/v1/guard/assets",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/verdicts",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/alarms",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/events",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/openapi.json",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.env",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/vitrine.yaml",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/mirror/gen-1/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Vitrine 0.1.0, a proxy logs everybody in, on one path",
    seen: "anonymous-accepted",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "/v1/vitrine-guard",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}",
        bytes:
          'HTTP/1.1 404 Not Found\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 241\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/not-found","title":"There is nothing at this address.","status":404,"detail":"That is no metric\'s name.","code":"api/not-found","remedy":"/v1/openapi.json lists what there is; /v1/metrics lists the metrics."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.csv",
        bytes:
          'HTTP/1.1 404 Not Found\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 241\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/not-found","title":"There is nothing at this address.","status":404,"detail":"That is no metric\'s name.","code":"api/not-found","remedy":"/v1/openapi.json lists what there is; /v1/metrics lists the metrics."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.parquet",
        bytes:
          'HTTP/1.1 404 Not Found\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 241\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/not-found","title":"There is nothing at this address.","status":404,"detail":"That is no metric\'s name.","code":"api/not-found","remedy":"/v1/openapi.json lists what there is; /v1/metrics lists the metrics."}',
        ended: "whole",
      },
      {
        request: "/v1/status",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/proof",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/copy",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/audit",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/assets",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/verdicts",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/alarms",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/events",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/openapi.json",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.env",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/vitrine.yaml",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/mirror/gen-1/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Vitrine 0.1.0, a proxy logs everybody in, metric named",
    seen: "counts-readable",
    channel: "plain",
    names: ["activations"],
    heard: [
      {
        request: "/v1/vitrine-guard",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}",
        bytes:
          'HTTP/1.1 200 OK\r\ncache-control: private, no-cache\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\ncontent-type: application/json\r\netag: W/"Gu3vsyAwAAHThJCjd96P7q"\r\nvary: authorization, cookie, vitrine-reason\r\ncontent-length: 684\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"metric":"activations","title":"Activations","kind":"count","unit":"devices","owner":"","format":"number","question":{"metric":"activations","grain":"day","from":"2026-11-01","to":"2026-11-03","by":["model"],"where":{"country":["US"]}},"state":"ready","reasons":[],"notes":[],"class":"live","k":10,"definitionVersion":"0123456789abcdef","generation":1,"from":"day__model__country","cells":[{"period":"2026-11-01","by":{"model":"cam-1"},"count":12,"value":12,"atLeastK":true},{"period":"2026-11-01","by":{"model":null},"count":1,"value":1}],"cellsWithheld":0,"applied":{"lsn":"0/10","at":"2026-11-22T14:00:00.000Z"},"proven":{"lsn":"0/10","at":"2026-11-22T14:00:00.000Z"},"lagMs":400}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.csv",
        bytes:
          "HTTP/1.1 200 OK\r\ncache-control: private, no-cache\r\ncontent-security-policy: default-src 'none'; frame-ancestors 'none'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\ncontent-disposition: attachment; filename=\"activations.csv\"\r\nvitrine-state: ready\r\nvitrine-suppressed: 0\r\ncontent-type: text/csv; charset=utf-8; header=present\r\netag: W/\"JriN93hHtw6KtC3Lw3cjww\"\r\nvary: authorization, cookie, vitrine-reason\r\ncontent-length: 247\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\nperiod,period_start,model,count,value,state,class,k,suppressed,proven_at\r\n2026-11-01,2026-11-01T07:00:00.000Z,cam-1,12,12,ready,live,10,0,2026-11-22T14:00:00.000Z\r\n2026-11-01,2026-11-01T07:00:00.000Z,,1,1,ready,live,10,0,2026-11-22T14:00:00.000Z\r\n",
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.parquet",
        bytes:
          "HTTP/1.1 200 OK\r\ncache-control: private, no-cache\r\ncontent-security-policy: default-src 'none'; frame-ancestors 'none'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\ncontent-disposition: attachment; filename=\"activations.parquet\"\r\nvitrine-state: ready\r\nvitrine-suppressed: 0\r\ncontent-type: application/vnd.apache.parquet\r\netag: W/\"QyWnjf1hYbGaV92LaKmwRP\"\r\nvary: authorization, cookie, vitrine-reason\r\ncontent-length: 1399\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\nPAR1\u0015\u0004\u0015\u001c\u0015 L\u0015\u0002\u0015\u0000\u0000\u0000\u000e4\n\u0000\u0000\u00002026-11-01\u0015\u0006\u0015\b\u0015\f\\\u0015\u0004\u0015\u0000\u0015\u0004\u0015\u0010\u0015\u0004\u0015\u0000\u0000\u0000\u0003\u0003\u0002\u0004\u0000\u0003\u0015\u0004\u0015\u0010\u0015\u0014L\u0015\u0002\u0015\u0000\u0000\u0000\b\u001cmè¡\u0001\u0000\u0000\u0015\u0006\u0015\b\u0015\f\\\u0015\u0004\u0015\u0000\u0015\u0004\u0015\u0010\u0015\u0004\u0015\u0000\u0000\u0000\u0003\u0003\u0002\u0004\u0000\u0003\u0015\u0006\u0015\u0016\u0015\u001a\\\u0015\u0004\u0015\u0002\u0015\u0004\u0015\u0000\u0015\u0004\u0015\u0000\u0000\u0000\u0003\u0001\t \u0005\u0000\u0000\u0000cam-1\u0015\u0006\u0015$\u0015(\\\u0015\u0004\u0015\u0000\u0015\u0004\u0015\u0000\u0015\u0004\u0015\u0000\u0000\u0000\u0003\u0003\u0010<\f\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0015\u0006\u0015$\u0015$\\\u0015\u0004\u0015\u0000\u0015\u0004\u0015\u0000\u0015\u0004\u0015\u0000\u0000\u0000\u0003\u0003\u0010\u0000\u0000\u0005\u0001$(@\u0000\u0000\u0000\u0000\u0000\u0000ð?\u0015\u0004\u0015\u0012\u0015\u0016L\u0015\u0002\u0015\u0000\u0000\u0000\t \u0005\u0000\u0000\u0000ready\u0015\u0006\u0015\b\u0015\f\\\u0015\u0004\u0015\u0000\u0015\u0004\u0015\u0010\u0015\u0004\u0015\u0000\u0000\u0000\u0003\u0003\u0002\u0004\u0000\u0003\u0015\u0004\u0015\u0010\u0015\u0014L\u0015\u0002\u0015\u0000\u0000\u0000\b\u001c\u0004\u0000\u0000\u0000live\u0015\u0006\u0015\b\u0015\f\\\u0015\u0004\u0015\u0000\u0015\u0004\u0015\u0010\u0015\u0004\u0015\u0000\u0000\u0000\u0003\u0003\u0002\u0004\u0000\u0003\u0015\u0004\u0015\u0010\u0015\u0014L\u0015\u0002\u0015\u0000\u0000\u0000\b\u001c\n\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0015\u0006\u0015\b\u0015\f\\\u0015\u0004\u0015\u0000\u0015\u0004\u0015\u0010\u0015\u0004\u0015\u0000\u0000\u0000\u0003\u0003\u0002\u0004\u0000\u0003\u0015\u0004\u0015\u0010\u0015\u0014L\u0015\u0002\u0015\u0000\u0000\u0000\b\u001c\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0015\u0006\u0015\b\u0015\f\\\u0015\u0004\u0015\u0000\u0015\u0004\u0015\u0010\u0015\u0004\u0015\u0000\u0000\u0000\u0003\u0003\u0002\u0004\u0000\u0003\u0015\u0004\u0015\u0010\u0015\u0014L\u0015\u0002\u0015\u0000\u0000\u0000\b\u001c\u0000\u0003¢\u0001\u0000\u0000\u0015\u0006\u0015\b\u0015\f\\\u0015\u0004\u0015\u0000\u0015\u0004\u0015\u0010\u0015\u0004\u0015\u0000\u0000\u0000\u0003\u0003\u0002\u0004\u0000\u0003\u0015\u0004\u0019¼H\u0004root\u0015\u0014\u0000\u0015\f%\u0002\u0018\u0006period%\u0000\u0000\u0015\u0004%\u0002\u0018\fperiod_start%\u0012\u0000\u0015\f%\u0002\u0018\u0005model%\u0000\u0000\u0015\u0004%\u0002\u0018\u0005count\u0000\u0015\n%\u0002\u0018\u0005value\u0000\u0015\f%\u0002\u0018\u0005state%\u0000\u0000\u0015\f%\u0002\u0018\u0005class%\u0000\u0000\u0015\u0004%\u0002\u0018\u0001k\u0000\u0015\u0004%\u0002\u0018\nsuppressed\u0000\u0015\u0004%\u0002\u0018\tproven_at%\u0012\u0000\u0016\u0004\u0019\u001c\u0019¬&\b\u001c\u0015\f\u0019%\u0000\u0010\u0019\u0018\u0006period\u0015\u0002\u0016\u0004\u0016h\u0016p&B&\b\u001c6\u0000(\n2026-11-01\u0018\n2026-11-01\u0000\u0019,\u0015\u0004\u0015\u0000\u0015\u0002\u0000\u0015\u0006\u0015\u0010\u0015\u0002\u0000\u0000\u0000&x\u001c\u0015\u0004\u0019%\u0000\u0010\u0019\u0018\fperiod_start\u0015\u0002\u0016\u0004\u0016\\\u0016d&¦\u0001&x\u001c6\u0000(\bmè¡\u0001\u0000\u0000\u0018\bmè¡\u0001\u0000\u0000\u0000\u0019,\u0015\u0004\u0015\u0000\u0015\u0002\u0000\u0015\u0006\u0015\u0010\u0015\u0002\u0000\u0000\u0000&Ü\u0001\u001c\u0015\f\u0019\u0015\u0000\u0019\u0018\u0005model\u0015\u0002\u0016\u0004\u0016@\u0016D&Ü\u0001<6\u0002(\u0005cam-1\u0018\u0005cam-1\u0000\u0019\u001c\u0015\u0006\u0015\u0000\u0015\u0002\u0000\u0000\u0000& \u0002\u001c\u0015\u0004\u0019\u0015\u0000\u0019\u0018\u0005count\u0015\u0002\u0016\u0004\u0016N\u0016R& \u0002<6\u0000(\b\f\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0018\b\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0019\u001c\u0015\u0006\u0015\u0000\u0015\u0002\u0000\u0000\u0000&ò\u0002\u001c\u0015\n\u0019\u0015\u0000\u0019\u0018\u0005value\u0015\u0002\u0016\u0004\u0016N\u0016N&ò\u0002<6\u0000(\b\u0000\u0000\u0000\u0000\u0000\u0000(@\u0018\b\u0000\u0000\u0000\u0000\u0000\u0000ð?6\u0000\u0000\u0019\u001c\u0015\u0006\u0015\u0000\u0015\u0002\u0000\u0000\u0000&À\u0003\u001c\u0015\f\u0019%\u0000\u0010\u0019\u0018\u0005state\u0015\u0002\u0016\u0004\u0016^\u0016f&ð\u0003&À\u0003\u001c6\u0000(\u0005ready\u0018\u0005ready\u0000\u0019,\u0015\u0004\u0015\u0000\u0015\u0002\u0000\u0015\u0006\u0015\u0010\u0015\u0002\u0000\u0000\u0000&¦\u0004\u001c\u0015\f\u0019%\u0000\u0010\u0019\u0018\u0005class\u0015\u0002\u0016\u0004\u0016\\\u0016d&Ô\u0004&¦\u0004\u001c6\u0000(\u0004live\u0018\u0004live\u0000\u0019,\u0015\u0004\u0015\u0000\u0015\u0002\u0000\u0015\u0006\u0015\u0010\u0015\u0002\u0000\u0000\u0000&\u0005\u001c\u0015\u0004\u0019%\u0000\u0010\u0019\u0018\u0001k\u0015\u0002\u0016\u0004\u0016\\\u0016d&¸\u0005&\u0005\u001c6\u0000(\b\n\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0018\b\n\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0019,\u0015\u0004\u0015\u0000\u0015\u0002\u0000\u0015\u0006\u0015\u0010\u0015\u0002\u0000\u0000\u0000&î\u0005\u001c\u0015\u0004\u0019%\u0000\u0010\u0019\u0018\nsuppressed\u0015\u0002\u0016\u0004\u0016\\\u0016d&\u0006&î\u0005\u001c6\u0000(\b\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0018\b\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0019,\u0015\u0004\u0015\u0000\u0015\u0002\u0000\u0015\u0006\u0015\u0010\u0015\u0002\u0000\u0000\u0000&Ò\u0006\u001c\u0015\u0004\u0019%\u0000\u0010\u0019\u0018\tproven_at\u0015\u0002\u0016\u0004\u0016\\\u0016d&\u0007&Ò\u0006\u001c6\u0000(\b\u0000\u0003¢\u0001\u0000\u0000\u0018\b\u0000\u0003¢\u0001\u0000\u0000\u0000\u0019,\u0015\u0004\u0015\u0000\u0015\u0002\u0000\u0015\u0006\u0015\u0010\u0015\u0002\u0000\u0000\u0000\u0016î\u0006\u0016\u00046®\u0007\u0000(\u0007vitrine\u0019¬\u001c\u0000\u0000\u001c\u0000\u0000\u001c\u0000\u0000\u001c\u0000\u0000\u001c\u0000\u0000\u001c\u0000\u0000\u001c\u0000\u0000\u001c\u0000\u0000\u001c\u0000\u0000\u001c\u0000\u0000\u0000\u0003\u0000\u0000PAR1",
        ended: "whole",
      },
      {
        request: "/v1/status",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/proof",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/copy",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/audit",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/assets",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/verdicts",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/alarms",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/events",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/openapi.json",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.env",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/vitrine.yaml",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/mirror/gen-1/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Vitrine 0.1.0, state below a web root",
    seen: "data-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "/v1/vitrine-guard",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.csv",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.parquet",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/status",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/proof",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/copy",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/audit",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/assets",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/verdicts",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/alarms",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/events",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/openapi.json",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.env",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/vitrine.yaml",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/state.sqlite",
        bytes:
          "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nContent-Length: 24\r\n\r\nSQLite format 3\u0000 made up",
        ended: "whole",
      },
      {
        request: "/backup/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/mirror/gen-1/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Vitrine 0.1.0, .env below a web root",
    seen: "data-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "/v1/vitrine-guard",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.csv",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.parquet",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/status",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/proof",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/copy",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/audit",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/assets",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/verdicts",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/alarms",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/events",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/openapi.json",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.env",
        bytes:
          "HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nContent-Length: 18\r\n\r\nMADE_UP=1\nOTHER=2\n",
        ended: "whole",
      },
      {
        request: "/vitrine.yaml",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/state.sqlite",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.vitrine/mirror/gen-1/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/backup/mirror.duckdb",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Vitrine 0.1.0, a page for every path",
    seen: "unknown",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "/v1/vitrine-guard",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.csv",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.parquet",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/status",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/proof",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/copy",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/audit",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/assets",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/verdicts",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/alarms",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/guard/events",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/v1/openapi.json",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/metrics",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\ncache-control: no-store\r\ncontent-security-policy: default-src \'none\'; frame-ancestors \'none\'\r\ncross-origin-resource-policy: same-origin\r\nreferrer-policy: no-referrer\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\nwww-authenticate: Bearer\r\ncontent-type: application/problem+json; charset=utf-8\r\ncontent-length: 359\r\ndate: Mon, 23 Nov 2026 08:06:27 GMT\r\nconnection: close\r\n\r\n{"type":"urn:vitrine:problem:api/unauthorized","title":"The request has no valid bearer token, and no session.","status":401,"detail":"The request has no valid bearer token, and no session.","code":"api/unauthorized","remedy":"Programs send `Authorization: Bearer â¦` (`vitrine token create`); people open the link of `vitrine link`, or log in on the page."}',
        ended: "whole",
      },
      {
        request: "/.env",
        bytes:
          "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nContent-Length: 37\r\n\r\n<!doctype html><title>made up</title>",
        ended: "whole",
      },
      {
        request: "/vitrine.yaml",
        bytes:
          "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nContent-Length: 37\r\n\r\n<!doctype html><title>made up</title>",
        ended: "whole",
      },
      {
        request: "/state.sqlite",
        bytes:
          "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nContent-Length: 37\r\n\r\n<!doctype html><title>made up</title>",
        ended: "whole",
      },
      {
        request: "/.vitrine/state.sqlite",
        bytes:
          "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nContent-Length: 37\r\n\r\n<!doctype html><title>made up</title>",
        ended: "whole",
      },
      {
        request: "/backup/state.sqlite",
        bytes:
          "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nContent-Length: 37\r\n\r\n<!doctype html><title>made up</title>",
        ended: "whole",
      },
      {
        request: "/mirror.duckdb",
        bytes:
          "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nContent-Length: 37\r\n\r\n<!doctype html><title>made up</title>",
        ended: "whole",
      },
      {
        request: "/.vitrine/mirror/gen-1/mirror.duckdb",
        bytes:
          "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nContent-Length: 37\r\n\r\n<!doctype html><title>made up</title>",
        ended: "whole",
      },
      {
        request: "/backup/mirror.duckdb",
        bytes:
          "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nContent-Length: 37\r\n\r\n<!doctype html><title>made up</title>",
        ended: "whole",
      },
    ],
  },
  {
    of: "Vitrine 0.1.0, another service with 401 everywhere",
    seen: "unknown",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "/v1/vitrine-guard",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/metrics",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.csv",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/metrics/{name}.parquet",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/status",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/proof",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/copy",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/audit",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/guard/assets",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/guard/verdicts",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/guard/alarms",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/guard/events",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/v1/openapi.json",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/metrics",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/.env",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/vitrine.yaml",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/state.sqlite",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/.vitrine/state.sqlite",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/backup/state.sqlite",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/mirror.duckdb",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/.vitrine/mirror/gen-1/mirror.duckdb",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "/backup/mirror.duckdb",
        bytes:
          "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic\r\nDate: Mon, 23 Nov 2026 08:06:27 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
    ],
  },
];
