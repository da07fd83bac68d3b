/**
 * JSON Schemas of the answers. They are the output allow-list: Fastify serialises only what stands here, so a field that is added
 * inside does not get out by itself. OpenAPI is made of them, too.
 */
export const text = { type: "string" } as const;
export const whole = { type: "integer" } as const;
export const truth = { type: "boolean" } as const;
export const texts = { type: "array", items: text } as const;

export function object(properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object {
  return { type: "object", properties, required: Object.keys(properties).filter((name) => !optional.includes(name)) };
}

export function list(items: object): object {
  return { type: "array", items };
}

function mapOf(items: object) {
  return { type: "object", additionalProperties: items };
}

const position = object({ lsn: text, at: { type: "string", format: "date-time" } });
const reason = object({ reason: text, message: text, remedy: text });
const grain = { type: "string", enum: ["hour", "day", "week", "month", "all"] } as const;
const kind = { type: "string", enum: ["count", "ratio", "sum", "distinct", "share", "retention"] } as const;
const format = { type: "string", enum: ["number", "percent", "duration"] } as const;
const words = { unit: text, owner: text, format } as const;

export const metricsSchema = object({
  metrics: list(
    object(
      {
        name: text,
        title: text,
        description: text,
        ...words,
        kind,
        history: { type: "string", enum: ["follow", "keep"] },
        of: text,
        days: list(whole),
        definitionVersion: text,
        zone: text,
        k: whole,
        grains: list(grain),
        dimensions: list(object({ name: text, origin: { type: "string", enum: ["own", "current"] }, values: texts }, ["values"])),
        annotations: list(object({ at: text, title: text })),
        told: object({ splits: list(object({ grain, dimensions: texts })), totals: truth, compare: truth, instead: text }, ["instead"]),
        cuboids: texts,
      },
      ["of", "days"],
    ),
  ),
});

const numbers = {
  count: whole,
  hits: whole,
  // Of decimals it is one.
  sum: { type: "number" },
  value: { type: "number" },
  atLeastK: truth,
  hitsAtLeastK: truth,
  missesAtLeastK: truth,
} as const;
const sometimes = ["period", "hits", "sum", "atLeastK", "hitsAtLeastK", "missesAtLeastK"] as const;

const cell = object(
  { period: text, by: mapOf({ type: ["string", "null"] }), ...numbers, before: object({ period: text, ...numbers }, sometimes) },
  [...sometimes, "before"],
);

const boundedCell = object(
  { period: text, by: mapOf({ type: ["string", "null"] }), below: { type: "number" }, above: { type: "number" }, hits: whole },
  ["period", "below", "above", "hits"],
);

const asked = object(
  { metric: text, grain, from: text, to: text, by: texts, where: mapOf(texts), limit: whole, top: whole, compare: text },
  ["limit", "top", "compare"],
);

export const answerSchema = object(
  {
    metric: text,
    title: text,
    kind,
    ...words,
    question: asked,
    compared: object({ from: text, to: text }),
    state: { type: "string", enum: ["building", "ready", "untrusted", "stale"] },
    reasons: list(reason),
    notes: list(reason),
    class: { type: "string", enum: ["live"] },
    k: whole,
    applied: position,
    proven: position,
    lagMs: whole,
    definitionVersion: text,
    generation: whole,
    from: text,
    cells: list(cell),
    bounds: list(boundedCell),
    cellsWithheld: whole,
  },
  ["applied", "proven", "lagMs", "compared", "bounds"],
);

const generation = object(
  {
    generation: whole,
    phase: { type: "string", enum: ["empty", "loading", "building", "ready"] },
    applied: position,
    proven: position,
    lagMs: whole,
    untrusted: list(object({ table: text, reason: text, message: text, remedy: text, since: text }, ["since"])),
    trouble: list(object({ table: text, column: text, other: whole, degraded: whole })),
    loading: list(object({ table: text, rows: whole, estimate: whole, done: truth })),
    applying: object({ changes: whole }),
    counting: object({ months: whole }),
    rows: mapOf(whole),
    bytes: whole,
    erasure: object({ logicalSince: text, physicalAt: text, dueBy: text, overdue: truth }, ["logicalSince", "physicalAt", "dueBy"]),
    cuboids: list(object({ metric: text, id: text, cells: whole, givenUp: truth })),
    snapshot: object({ loadedMs: whole, trustedMs: whole }, ["loadedMs", "trustedMs"]),
  },
  ["applied", "proven", "lagMs", "applying", "counting", "snapshot"],
);

const slot = object({ name: text, retainedBytes: whole, safeBytes: whole, walStatus: text }, ["safeBytes"]);

const notice = object({ code: text, place: text, message: text, remedy: text });

export const statusSchema = object(
  {
    version: text,
    startedAt: text,
    serving: whole,
    generations: list(generation),
    readers: list(
      object({ generation: whole, state: text, message: text, code: text, remedy: text, slot, notices: list(notice) }, [
        "code",
        "remedy",
        "slot",
        "notices",
      ]),
    ),
    erased: object({ generations: list(whole), at: text }),
  },
  ["serving", "erased"],
);

const proofLine = object({
  name: text,
  verdict: { type: "string", enum: ["refused", "possible", "clean", "failed", "unknown"] },
  level: { type: "string", enum: ["green", "amber", "red"] },
  checked: whole,
  message: text,
  findings: list(object({ what: text, remedy: text })),
  at: { type: "number", description: "microseconds since 1970 UTC" },
});

export const proofSchema = object({ verdicts: list(proofLine) });

/** Its lines of proof carry no findings: what could be read is for those who may see `/v1/proof`. */
export const copySchema = object(
  {
    generation: whole,
    policyHash: text,
    zone: text,
    unit: text,
    k: whole,
    tables: list(
      object(
        { source: text, name: text, is: text, rows: whole, columns: list(object({ name: text, is: text, leaves: text }, ["leaves"])) },
        ["name", "is", "rows"],
      ),
    ),
    proof: list(
      object({
        name: text,
        verdict: { type: "string", enum: ["refused", "possible", "clean", "failed", "unknown"] },
        level: { type: "string", enum: ["green", "amber", "red"] },
        checked: whole,
        message: text,
        at: { type: "number", description: "microseconds since 1970 UTC" },
      }),
    ),
    verification: object({
      at: { type: "string", format: "date-time" },
      mode: text,
      tables: list(object({ table: text, rows: whole, differing: whole })),
    }),
  },
  ["verification"],
);

const role = { type: "string", enum: ["viewer", "analyst", "responder", "admin"] } as const;

export const sessionSchema = object(
  {
    signedIn: truth,
    name: text,
    role,
    expiresAt: { type: "string", format: "date-time" },
    login: list({ type: "string", enum: ["code", "oidc"] }),
  },
  ["name", "role", "expiresAt"],
);

export const auditSchema = object({
  entries: list(
    object(
      {
        id: whole,
        at: { type: "string", format: "date-time" },
        words: { type: "string", enum: ["kept", "erased", "missing"] },
        name: text,
        subject: text,
        role,
        via: { type: "string", enum: ["token", "session"] },
        reason: text,
        metric: text,
        question: text,
        cells: whole,
        lsn: text,
        intact: truth,
      },
      ["name", "subject", "role", "via", "reason", "question"],
    ),
  ),
});

export const readySchema = object({ ready: truth, state: text });
export const healthSchema = object({ status: text });
