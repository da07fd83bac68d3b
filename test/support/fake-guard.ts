/** A guard that has seen one open store, from constants. */
import type { GuardBackend } from "../../src/api/backend.ts";
import type { GuardAlarm, GuardAssets } from "../../src/api/contract.ts";

const fakeAssets: GuardAssets = {
  at: "2026-11-22T14:00:00.000Z",
  watch: { state: "watching", since: "2026-11-22T13:00:00.000Z" },
  assets: [
    {
      name: "cache",
      owner: "platform",
      targets: ["redis://cache.example:6379"],
      services: ["Redis"],
      data: [],
      profile: "fast",
      everySeconds: 4,
      seen: "data-readable",
      judged: "deviation",
      vantages: [
        {
          vantage: "here",
          expected: "auth-required",
          seen: "data-readable",
          judged: "deviation",
          at: "2026-11-22T13:59:58.000Z",
          since: "2026-11-22T13:00:01.000Z",
          stale: false,
          checks: [],
        },
        { vantage: "outside", expected: "unreachable", seen: "not-yet", judged: "unknown", stale: true, checks: [] },
      ],
      alarms: ["cache.1795351201000"],
    },
  ],
};

const fakeAlarm: GuardAlarm = {
  id: "cache.1795351201000",
  asset: "cache",
  owner: "platform",
  vantage: "here",
  event: "opened",
  severity: "page",
  seen: "data-readable",
  since: "2026-11-22T13:00:01.000Z",
  toldAt: "2026-11-22T13:00:02.000Z",
  flaps: 0,
  summary: "cache: data-readable without credentials",
  details: [],
  remedy: ["Close it."],
  readable: [
    {
      target: "redis://cache.example:6379",
      dataSet: "users",
      records: { kind: "exact", value: 140 },
      categories: [{ category: "user.contact.email", title: "e-mail addresses", special: false, allowed: false }],
    },
  ],
  deliveries: [{ channel: "webhook", state: "waiting", tries: 2 }],
};

export const fakeGuard: GuardBackend = {
  guardAssets: async () => fakeAssets,
  guardVerdicts: async () => ({
    verdicts: [
      {
        entry: 2,
        at: "2026-11-22T13:00:01.000Z",
        kind: "verdict",
        asset: "cache",
        vantage: "here",
        seen: "data-readable",
        judged: "deviation",
        before: "not-yet",
      },
      { entry: 1, at: "2026-11-22T13:00:00.000Z", kind: "watch", event: "begun" },
    ],
  }),
  guardAlarms: async () => ({ alarms: [fakeAlarm] }),
  acknowledgeAlarm: async (id, { name }) =>
    id === fakeAlarm.id ? { ...fakeAlarm, acknowledged: { at: "2026-11-22T14:00:00.000Z", by: name } } : undefined,
  guardWaiting: async () => ({ webhook: 1 }),
};
