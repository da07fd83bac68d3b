/** A backend that answers from constants, for tests of the HTTP side. It counts what reaches it. */
import { randomBytes } from "node:crypto";
import type { AnswerRights, Backend } from "../../src/api/backend.ts";
import { Sessions } from "../../src/api/sessions.ts";
import type { SessionEntry } from "../../src/api/sessions.ts";
import type { Role, TokenEntry } from "../../src/api/tokens.ts";
import { makeToken, roles } from "../../src/api/tokens.ts";
import type { Answer } from "../../src/metrics/answer.ts";
import type { CopyReport } from "../../src/metrics/copy-report.ts";
import type { QuestionInput } from "../../src/metrics/question.ts";
import { VitrineError } from "../../src/model/error.ts";
import { fakeGuard } from "./fake-guard.ts";

const fakeAnswer: Answer = {
  metric: "activations",
  title: "Activations",
  kind: "count",
  unit: "devices",
  owner: "",
  format: "number",
  question: { metric: "activations", grain: "day", from: "2026-11-01", to: "2026-11-03", by: ["model"], where: { country: ["US"] } },
  state: "ready",
  reasons: [],
  notes: [],
  class: "live",
  k: 10,
  applied: { lsn: "0/10", at: "2026-11-22T14:00:00.000Z" },
  proven: { lsn: "0/10", at: "2026-11-22T14:00:00.000Z" },
  lagMs: 400,
  definitionVersion: "0123456789abcdef",
  generation: 1,
  from: "day__model__country",
  cells: [
    { period: "2026-11-01", by: { model: "cam-1" }, count: 12, hits: undefined, value: 12, atLeastK: true },
    { period: "2026-11-01", by: { model: null }, count: 1, hits: undefined, value: 1, atLeastK: undefined },
  ],
  cellsWithheld: 0,
};

export interface FakeBackend extends Backend {
  readonly questions: { readonly question: QuestionInput; readonly rights: AnswerRights }[];
  readonly opened: SessionEntry[];
  readonly ended: string[];
}

const fakeCopy: CopyReport = {
  generation: 1,
  policyHash: "0123456789abcdef",
  zone: "America/Los_Angeles",
  unit: "accounts",
  k: 10,
  tables: [
    { source: "public.devices", name: "devices", rows: 5, columns: [{ name: "id", is: "identifier", leaves: "as a keyed pseudonym" }] },
    { source: "public.homes", columns: [{ name: "wifi_ssid", is: "network name" }] },
  ],
  proof: [],
};

/** Metrics other than `activations` do not exist. `overrides` replace single methods. */
export function fakeBackend(overrides: Partial<Backend> = {}): FakeBackend {
  const questions: FakeBackend["questions"] = [];
  const opened: SessionEntry[] = [];
  const ended: string[] = [];
  return {
    questions,
    opened,
    ended,
    metrics: async () => [
      {
        name: "activations",
        title: "Activations",
        description: "",
        kind: "count",
        unit: "devices",
        owner: "",
        format: "number",
        history: "follow",
        definitionVersion: "0123456789abcdef",
        zone: "America/Los_Angeles",
        k: 10,
        grains: ["day", "all"],
        dimensions: [{ name: "model", origin: "own", values: undefined }],
        annotations: [{ at: "2026-11-02", title: "Campaign" }],
        told: { splits: [{ grain: "day", dimensions: [] }], totals: true, compare: true },
        cuboids: ["day", "day__model"],
      },
    ],
    answer: async (question, rights) => {
      questions.push({ question, rights });
      if (question.metric !== "activations") throw new VitrineError("metrics/unknown-metric", { message: "There is no such metric." });
      return fakeAnswer;
    },
    status: async () => ({
      version: "0.1.0",
      startedAt: "2026-11-22T13:00:00.000Z",
      serving: 1,
      generations: [
        {
          generation: 1,
          phase: "ready",
          applied: { lsn: "0/10", at: "2026-11-22T13:59:58.000Z" },
          proven: undefined,
          lagMs: undefined,
          untrusted: [{ table: "devices", reason: "truncated", message: "m", remedy: "r", since: undefined }],
          trouble: [{ table: "devices", column: "firmware", other: 3, degraded: 0 }],
          loading: [],
          applying: undefined,
          counting: undefined,
          rows: { devices: 5 },
          bytes: 4096,
          erasure: { logicalSince: undefined, physicalAt: undefined, dueBy: undefined, overdue: false },
          cuboids: [{ metric: "activations", id: "day", cells: 5, givenUp: false }],
          snapshot: undefined,
        },
      ],
      readers: [],
    }),
    proof: async () => ({ verdicts: [] }),
    copy: async () => fakeCopy,
    ready: async () => ({ ready: true, state: "ready" }),
    audit: async () => [],
    redeemCode: async () => undefined,
    openSession: async (entry) => void opened.push(entry),
    endSession: async (sha256) => void ended.push(sha256),
    ...fakeGuard,
    ...overrides,
  };
}

/** One token for each role, the same in every run. */
export function fakeTokens(): { readonly entries: readonly TokenEntry[]; readonly bearer: Readonly<Record<Role, string>> } {
  const made = roles.map((role, index) => ({ role, ...makeToken((count) => new Uint8Array(count).fill(index + 1)) }));
  return {
    entries: made.map(({ role, sha256 }) => ({ name: role, role, sha256 })),
    bearer: Object.fromEntries(made.map(({ role, token }) => [role, `Bearer ${token}`])) as Record<Role, string>,
  };
}

/** No session, and bytes that nobody guesses but this test. */
export function noPeople(): { readonly sessions: Sessions; readonly random: (count: number) => Uint8Array } {
  return { sessions: new Sessions([]), random: (count) => randomBytes(count) };
}
