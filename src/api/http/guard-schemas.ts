/** Of the guard's answers: the allow-list of what gets out (see schemas.ts). */
import { list, object, text, texts, truth, whole } from "./schemas.ts";

const time = { type: "string", format: "date-time" } as const;
const seen = {
  type: "string",
  enum: [
    "closed",
    "filtered",
    "auth-required",
    "shielded",
    "anonymous-accepted",
    "schema-readable",
    "counts-readable",
    "data-readable",
    "unknown",
    "silent",
    "not-yet",
  ],
} as const;
const judged = { type: "string", enum: ["as-expected", "deviation", "unknown"] } as const;
const family = { type: "string", enum: ["IPv4", "IPv6"] } as const;

const check = object({
  target: text,
  service: text,
  evidence: text,
  seen,
  untested: list(family),
  remedy: { type: ["string", "null"] },
  places: list(
    object({
      address: text,
      family,
      channel: { type: "string", enum: ["plain", "tls"] },
      by: { type: "string", enum: ["name", "address"] },
      seen,
      because: text,
      notes: texts,
    }),
  ),
});

const sight = object(
  {
    vantage: text,
    expected: { type: "string", enum: ["unreachable", "auth-required", "mtls"] },
    seen,
    judged,
    at: time,
    since: time,
    stale: truth,
    checks: list(check),
  },
  ["at", "since"],
);

const look = object({ at: time, because: text }, ["at", "because"]);
const failingSchema = object({ restarts: { type: "integer", minimum: 1 }, code: text, message: text, remedy: text });

export const guardAssetsSchema = object({
  at: time,
  watch: object({ state: { type: "string", enum: ["watching", "not-watching"] }, since: time, failing: failingSchema }, [
    "since",
    "failing",
  ]),
  assets: list(
    object(
      {
        name: text,
        owner: text,
        targets: texts,
        services: texts,
        data: texts,
        profile: { type: "string", enum: ["standard", "fast"] },
        everySeconds: { type: "number" },
        seen,
        judged,
        vantages: list(sight),
        look,
        alarms: texts,
      },
      ["look"],
    ),
  ),
});

export const guardVerdictsSchema = object({
  verdicts: list(
    object(
      {
        entry: whole,
        at: time,
        kind: { type: "string", enum: ["verdict", "watch"] },
        asset: text,
        vantage: text,
        seen,
        judged,
        before: seen,
        event: { type: "string", enum: ["begun", "ended"] },
        lastAt: time,
      },
      ["asset", "vantage", "seen", "judged", "before", "event", "lastAt"],
    ),
  ),
});

const count = object({ value: whole, kind: { type: "string", enum: ["exact", "at-least", "about"] }, low: whole, high: whole }, [
  "low",
  "high",
]);

const readable = object(
  {
    target: text,
    dataSet: text,
    notCounted: text,
    records: count,
    persons: count,
    categories: list(object({ category: text, title: text, special: truth, allowed: truth, records: count }, ["records"])),
  },
  ["notCounted", "records", "persons"],
);

export const guardAlarmSchema = object(
  {
    id: text,
    asset: text,
    owner: text,
    vantage: text,
    event: text,
    severity: { type: "string", enum: ["page", "warning", "info"] },
    seen,
    since: time,
    toldAt: time,
    overAt: time,
    flaps: whole,
    summary: text,
    details: texts,
    remedy: texts,
    acknowledged: object({ at: time, by: text }),
    readable: list(readable),
    deliveries: list(object({ channel: text, state: { type: "string", enum: ["delivered", "waiting"] }, tries: whole, at: time }, ["at"])),
  },
  ["overAt", "acknowledged", "readable"],
);

export const guardAlarmsSchema = object({ alarms: list(guardAlarmSchema) });
