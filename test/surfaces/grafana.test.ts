/** Every URL of the provisioned Grafana dashboard is asked, about metrics, dimensions and grains of the example, and has the columns shown. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApi } from "../../src/api/server.ts";
import type { Answer } from "../../src/metrics/answer.ts";
import type { MetricDescription } from "../../src/metrics/describe.ts";
import type { QuestionInput } from "../../src/metrics/question.ts";
import { parseDeclaration } from "../../src/policy/declaration.ts";
import { fakeBackend, fakeTokens, noPeople } from "../support/fake-backend.ts";
import { root } from "../support/tree.ts";

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly targets: readonly {
      readonly url: string;
      readonly type: string;
      readonly columns: readonly { readonly selector: string }[];
    }[];
  }[];
}

const folder = join(root, "examples/grafana/provisioning");
const dashboard = JSON.parse(readFileSync(join(folder, "dashboards/smart-home.json"), "utf8")) as Dashboard;
const declared = parseDeclaration(readFileSync(join(root, "examples/smart-home/vitrine.yaml"), "utf8"), "vitrine.yaml").metrics;
const targets = dashboard.panels.flatMap((panel) => panel.targets.map((target) => ({ title: panel.title, ...target })));
const { entries, bearer } = fakeTokens();
const asked: QuestionInput[] = [];
let app: FastifyInstance;

/** Answers with one cell of the shape that was asked for. */
function answerTo(question: QuestionInput, plain: Answer): Answer {
  const by = question.by ?? [];
  asked.push(question);
  const cell = { period: question.grain === "all" ? undefined : "2026-11-01", by: Object.fromEntries(by.map((name) => [name, "x"])) };
  return {
    ...plain,
    metric: question.metric,
    question: { ...plain.question, by },
    cells: [{ ...cell, count: 1, hits: undefined, value: 1, atLeastK: true }],
  };
}

beforeAll(async () => {
  const plain = fakeBackend();
  const backend = fakeBackend({
    metrics: async () => (await plain.metrics()).flatMap((one): MetricDescription[] => declared.map(({ name }) => ({ ...one, name }))),
    answer: async (question, rights) => answerTo(question, await plain.answer({ metric: "activations" }, rights)),
  });
  app = await createApi({ backend, hosts: [], tokens: () => entries, ...noPeople(), version: "0.1.0", nowMs: () => 0 });
});
afterAll(async () => app.close());

/** As Grafana fills them in. */
function filled(url: string): string {
  const text = url.replaceAll("${__from:date:YYYY-MM-DD}", "2026-10-23").replaceAll("${__to:date:YYYY-MM-DD}", "2026-11-22");
  expect(text).not.toContain("$");
  return text;
}

test("there are panels, all of the one data source", () => {
  expect(targets.length).toBeGreaterThanOrEqual(6);
  expect(new Set(dashboard.panels.map((panel) => panel.datasource.uid))).toEqual(new Set(["vitrine"]));
  expect(readFileSync(join(folder, "datasources/vitrine.yaml"), "utf8")).toContain("uid: vitrine");
});

describe.each(targets)("$title", ({ url, type, columns }) => {
  test("is answered to a viewer, with every column that it shows", async () => {
    const answer = await app.inject({ url: filled(url), headers: { host: "127.0.0.1", authorization: bearer.viewer } });
    expect([type, answer.statusCode]).toEqual(["csv", 200]);
    expect(answer.body.split("\r\n")[0]?.split(",")).toEqual(expect.arrayContaining(columns.map(({ selector }) => selector)));
  });

  test("asks what the example declares", () => {
    const question = asked.at(-1);
    const metric = declared.find(({ name }) => name === question?.metric);
    expect(metric).toBeDefined();
    expect([...(metric?.grain ?? []), "all"]).toContain(question?.grain);
    for (const name of question?.by ?? []) expect(metric?.by).toContain(name);
  });
});

test("no secret is in the files", () => {
  expect(readFileSync(join(folder, "datasources/vitrine.yaml"), "utf8")).toMatch(/bearerToken: \$VITRINE_TOKEN\n/);
});
