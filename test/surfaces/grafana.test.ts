/** The provisioned Grafana dashboard asks about metrics, dimensions and grains of the example; what a viewer is answered is in grafana.pg.test.ts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseQuery, readQuestion } from "../../src/api/http/query.ts";
import { parseDeclaration } from "../../src/policy/declaration.ts";
import { filled, grafanaFolder, panels, targets } from "../support/grafana.ts";
import { root } from "../support/tree.ts";

const declared = parseDeclaration(readFileSync(join(root, "examples/smart-home/vitrine.yaml"), "utf8"), "vitrine.yaml").metrics;
const source = readFileSync(join(grafanaFolder, "datasources/vitrine.yaml"), "utf8");

test("there are panels, all of the one data source", () => {
  expect(targets.length).toBeGreaterThanOrEqual(6);
  expect(new Set(panels.map((panel) => panel.datasource.uid))).toEqual(new Set(["vitrine"]));
  expect(source).toContain("uid: vitrine");
});

describe.each(targets)("$title", ({ url, type }) => {
  test("asks what the example declares", () => {
    const [, name = "", query = ""] = /^\/v1\/metrics\/(\w+)\.csv\?(.*)$/.exec(filled(url)) ?? [];
    const question = readQuestion(name, parseQuery(query));
    const metric = declared.find((one) => one.name === question.metric);
    expect([type, metric]).toEqual(["csv", expect.anything()]);
    expect([...(metric?.grain ?? []), "all"]).toContain(question.grain);
    for (const one of question.by ?? []) expect(metric?.by).toContain(one);
  });
});

test("no secret is in the files", () => {
  expect(source).toMatch(/bearerToken: \$VITRINE_TOKEN\n/);
});
