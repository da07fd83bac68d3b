/** A guard that has seen what a test wants it to have seen, by src/api/contract.ts alone. Times are counted back from now. */
import type {
  GuardAlarm,
  GuardAsset,
  GuardAssets,
  GuardReadable,
  GuardSeen,
  GuardVantageSight,
  GuardVerdicts,
} from "../../src/api/contract.ts";

export interface FakeGuard {
  /** Of the metrics' cluster, on which most tests look. */
  cluster: "closed" | "open" | "closing" | "unknown" | "stale";
  watch: "watching" | "not-watching" | "never" | "crash-loop";
  empty: boolean;
  tellsEvents: boolean;
  /** An undeclared listener beside the declared stores. */
  undeclared: boolean;
  /** The cache holds what it should not, closed as it is. */
  holds: boolean;
  /** Nobody has looked for long what is in the metrics' cluster. */
  overdue: boolean;
  acknowledged: { readonly at: string; readonly by: string } | undefined;
  acknowledging: "taken" | "refused" | "silent";
}

export function calmGuard(): FakeGuard {
  return {
    cluster: "closed",
    watch: "watching",
    empty: false,
    tellsEvents: true,
    undeclared: false,
    holds: false,
    overdue: false,
    acknowledged: undefined,
    acknowledging: "taken",
  };
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const openForMs = 12 * minuteMs;

interface Look {
  readonly seen: GuardSeen;
  readonly judged: GuardVantageSight["judged"];
  readonly agoMs: number;
  readonly sinceMs: number;
}

const looks: Readonly<Record<FakeGuard["cluster"], Look>> = {
  closed: { seen: "auth-required", judged: "as-expected", agoMs: 2_000, sinceMs: 3 * dayMs },
  open: { seen: "data-readable", judged: "deviation", agoMs: 2_000, sinceMs: openForMs },
  closing: { seen: "auth-required", judged: "as-expected", agoMs: 2_000, sinceMs: 4_000 },
  unknown: { seen: "unknown", judged: "unknown", agoMs: 2_000, sinceMs: 7 * minuteMs },
  // The server has not noticed yet: the page has to.
  stale: { seen: "auth-required", judged: "as-expected", agoMs: 10 * minuteMs, sinceMs: 3 * dayMs },
};

const remedy =
  "elasticsearch.yml of each node: xpack.security.enabled: true\nThen restart the node, and set passwords: bin/elasticsearch-setup-passwords auto";

const failing = {
  restarts: 9,
  code: "guard/receiver",
  message: "There is no file with the webhook's secret.",
  remedy: "The webhook's secret is `whsec_` and base64 of 24 to 64 bytes, in a file of mode 0600.",
};

export function assetsOf(guard: FakeGuard, nowMs: number): GuardAssets {
  const isStale = guard.watch !== "watching";
  const at = new Date(nowMs).toISOString();
  const watch =
    guard.watch === "never"
      ? ({ state: "not-watching" } as const)
      : guard.watch === "crash-loop"
        ? ({ state: "not-watching", since: ago(nowMs, minuteMs), failing } as const)
        : ({ state: guard.watch, since: ago(nowMs, isStale ? 25 * minuteMs : 20 * dayMs) } as const);
  if (guard.empty) return { at, watch, assets: [] };
  return { at, watch, assets: [cache(nowMs, isStale), cluster(guard, nowMs), bucket(nowMs, isStale)] };
}

function ago(nowMs: number, ms: number): string {
  return new Date(nowMs - ms).toISOString();
}

function cluster(guard: FakeGuard, nowMs: number): GuardAsset {
  const { seen, judged, agoMs, sinceMs } = looks[guard.cluster];
  const isStale = guard.watch !== "watching";
  const sight = { seen, judged, at: ago(nowMs, isStale ? 25 * minuteMs : agoMs), since: ago(nowMs, sinceMs), stale: isStale };
  const isOpen = guard.cluster === "open";
  const place = (address: string, of: GuardSeen) =>
    ({
      address,
      family: "IPv4",
      channel: "plain",
      by: "name",
      seen: of,
      because: of === "data-readable" ? "GET /_search was answered with hits." : "GET / was answered with 401.",
      notes: of === "data-readable" ? [] : ["The password is asked for without TLS."],
    }) as const;
  const checks = [
    {
      target: "elasticsearch://node-b.internal:9200",
      service: "Elasticsearch",
      evidence: "vendor",
      seen,
      untested: ["IPv6"],
      remedy: isOpen ? remedy : null,
      places: [place("10.0.0.7:9200", isOpen ? "data-readable" : seen), place("10.0.0.8:9200", "auth-required")],
    },
  ] as const;
  return {
    name: "metrics-cluster",
    owner: "data platform",
    targets: ["elasticsearch://node-a.internal:9200", "elasticsearch://node-b.internal:9200"],
    services: ["Elasticsearch"],
    data: ["users"],
    profile: "fast",
    everySeconds: 4,
    seen,
    judged,
    vantages: [
      { vantage: "here", expected: "auth-required", ...sight, checks },
      {
        vantage: "outside",
        expected: "unreachable",
        seen: "filtered",
        judged: "as-expected",
        at: sight.at,
        since: ago(nowMs, 6 * dayMs),
        stale: isStale,
        checks: [],
      },
    ],
    alarms: isOpen ? ["metrics-cluster.1"] : [],
    ...(guard.overdue ? { look: { at: ago(nowMs, 4 * hourMs), because: "cli/credential-unprotected" } } : {}),
  };
}

function cache(nowMs: number, isStale: boolean): GuardAsset {
  return plainAsset({ name: "cache", owner: "devices team", service: "Redis", target: "redis://cache.internal:6379" }, nowMs, isStale);
}

function bucket(nowMs: number, isStale: boolean): GuardAsset {
  return plainAsset({ name: "exports", owner: "data platform", service: "S3-style", target: "s3://exports.internal:443" }, nowMs, isStale);
}

function plainAsset(
  { name, owner, service, target }: { readonly name: string; readonly owner: string; readonly service: string; readonly target: string },
  nowMs: number,
  isStale: boolean,
): GuardAsset {
  const at = ago(nowMs, isStale ? 25 * minuteMs : 31_000);
  return {
    name,
    owner,
    targets: [target],
    services: [service],
    data: [],
    profile: "standard",
    everySeconds: 60,
    seen: "auth-required",
    judged: "as-expected",
    vantages: [
      {
        vantage: "here",
        expected: "auth-required",
        seen: "auth-required",
        judged: "as-expected",
        at,
        since: ago(nowMs, 9 * dayMs),
        stale: isStale,
        checks: [],
      },
    ],
    alarms: [],
  };
}

const readable: GuardReadable = {
  target: "elasticsearch://node-b.internal:9200",
  dataSet: "users",
  records: { kind: "exact", value: 2_400_000 },
  persons: { kind: "about", value: 2_312_000, low: 2_200_000, high: 2_430_000 },
  // Not in the order in which a person has to see them: the page puts Art. 9 first.
  categories: [
    {
      category: "user.contact.email",
      title: "e-mail addresses",
      special: false,
      allowed: false,
      records: { kind: "at-least", value: 2_000_000 },
    },
    {
      category: "user.health_and_medical.body_metric",
      title: "body metrics",
      special: true,
      allowed: false,
      records: { kind: "exact", value: 140 },
    },
    {
      category: "system.authentication.integration_token",
      title: "integration tokens",
      special: false,
      allowed: false,
      records: { kind: "exact", value: 24_000 },
    },
    { category: "user.device.network.ssid", title: "Wi-Fi names", special: false, allowed: false },
    { category: "user.device.model", title: "device models", special: false, allowed: true, records: { kind: "exact", value: 2_400_000 } },
  ],
};

export function alarmsOf(guard: FakeGuard, nowMs: number): readonly GuardAlarm[] {
  const { acknowledged } = guard;
  const common = {
    vantage: "here",
    event: "opened",
    severity: "page",
    seen: "data-readable",
    since: ago(nowMs, openForMs),
    toldAt: ago(nowMs, openForMs - 2_000),
  } as const;
  const open: GuardAlarm = {
    ...common,
    id: "metrics-cluster.1",
    asset: "metrics-cluster",
    owner: "data platform",
    flaps: 1,
    summary: "metrics-cluster: data-readable without credentials",
    details: [],
    remedy: [remedy],
    ...(acknowledged === undefined ? {} : { acknowledged }),
    readable: [readable],
    deliveries: [
      { channel: "pagerduty", state: "delivered", tries: 1, at: ago(nowMs, openForMs - 3_000) },
      { channel: "webhook", state: "waiting", tries: 4 },
    ],
  };
  const undeclared: GuardAlarm = {
    ...common,
    id: "undeclared:6379.1",
    asset: "undeclared:6379",
    owner: "",
    severity: "warning",
    flaps: 0,
    summary: "undeclared listener on port 6379: answers as Redis, data-readable",
    details: ["redis://10.0.0.7:6379 at 10.0.0.7, plain: data-readable."],
    remedy: ["Close it, or declare it."],
    deliveries: [],
  };
  const holding: GuardAlarm = {
    ...undeclared,
    id: "cache.holds.1",
    asset: "cache",
    owner: "devices team",
    event: "holds-forbidden",
    seen: "unknown",
    summary: "cache holds what its declaration does not allow, closed or not: readable: 140 with body metrics",
    remedy: ["Take these fields out of the store."],
    readable: [{ ...readable, dataSet: "sessions" }],
  };
  const overdue: GuardAlarm = {
    ...undeclared,
    id: "metrics-cluster.look.1",
    asset: "metrics-cluster",
    owner: "data platform",
    event: "look-overdue",
    seen: "unknown",
    details: [],
    summary: "metrics-cluster: nobody has looked what is in it for long",
    remedy: ["Look into it by hand."],
  };
  return [
    ...(["open", "closing"].includes(guard.cluster) ? [open] : []),
    ...(guard.undeclared ? [undeclared] : []),
    ...(guard.overdue ? [overdue] : []),
    ...(guard.holds ? [holding] : []),
  ];
}

type Verdict = GuardVerdicts["verdicts"][number];

/** The watch was killed for two hours and stopped for one; the cluster was once open for forty minutes and once not known. */
export function verdictsOf(guard: FakeGuard, query: URLSearchParams, nowMs: number): GuardVerdicts {
  if (guard.empty) return { verdicts: [] };
  const begun = (at: number, lastAt?: number) =>
    ({ at: ago(nowMs, at), kind: "watch", event: "begun", ...(lastAt === undefined ? {} : { lastAt: ago(nowMs, lastAt) }) }) as const;
  const saw = (
    at: number,
    vantage: string,
    before: GuardSeen,
    seen: GuardSeen,
    judged: GuardVantageSight["judged"],
    asset = "metrics-cluster",
  ) => ({ at: ago(nowMs, at), kind: "verdict", asset, vantage, seen, judged, before }) as const;
  const { seen, judged, sinceMs } = looks[guard.cluster];
  const all = [
    begun(20 * dayMs),
    saw(20 * dayMs - minuteMs, "here", "not-yet", "auth-required", "as-expected"),
    saw(20 * dayMs - minuteMs, "here", "not-yet", "auth-required", "as-expected", "cache"),
    saw(20 * dayMs - minuteMs, "here", "not-yet", "auth-required", "as-expected", "exports"),
    saw(6 * dayMs, "outside", "not-yet", "filtered", "as-expected"),
    saw(5 * dayMs, "here", "auth-required", "data-readable", "deviation"),
    saw(5 * dayMs - 40 * minuteMs, "here", "data-readable", "auth-required", "as-expected"),
    begun(14 * hourMs, 16 * hourMs),
    saw(9 * hourMs, "here", "auth-required", "unknown", "unknown"),
    saw(8 * hourMs, "here", "unknown", "auth-required", "as-expected"),
    { at: ago(nowMs, 5 * hourMs), kind: "watch", event: "ended" } as const,
    begun(4 * hourMs),
    ...(guard.cluster === "closing" ? [saw(openForMs, "here", "auth-required", "data-readable", "deviation")] : []),
    ...(guard.cluster === "closing" ? [saw(sinceMs, "here", "data-readable", seen, judged)] : []),
    ...(guard.cluster === "open" || guard.cluster === "unknown" ? [saw(sinceMs, "here", "auth-required", seen, judged)] : []),
    ...(guard.watch === "watching" ? [] : [{ at: ago(nowMs, 25 * minuteMs), kind: "watch", event: "ended" } as const]),
  ].map((one, index): Verdict => ({ entry: index + 1, ...one }));
  const from = Date.parse(query.get("from") ?? "1970-01-01T00:00:00Z");
  const before = Number(query.get("before") ?? Number.MAX_SAFE_INTEGER);
  return {
    verdicts: all
      .filter(({ at, entry }) => Date.parse(at) >= from && entry < before)
      .toReversed()
      .slice(0, Number(query.get("limit") ?? 200)),
  };
}
