import { beforeEach, describe, expect, test } from "vitest";
import { forget, freshness, hear } from "./freshness.ts";
import { overview, readView, withFilter, writeView } from "./view.ts";

describe("the view in the address", () => {
  test.each([
    "",
    "?metric=activations&grain=week&from=2026-01-05&to=2026-02-02&by=model,country&where.model=A&where.model=B&compare=previous&mark=firmware",
    "?page=fleet&where.model=A",
    "?page=exposure&range=last+7+days&where.owner=data+platform&where.state=deviation&asset=metrics-cluster",
  ])("%s comes back as it went", (query) => expect(writeView(readView(query))).toBe(query));

  test("what is not understood is left out", () => {
    expect(readView("?page=admin&grain=second&by=A;drop&metric=../x&where.=1")).toEqual(overview);
  });

  test("the last value taken out removes the filter", () => {
    expect(withFilter({ ...overview, where: { model: ["A"] } }, "model", []).where).toEqual({});
  });
});

describe("freshness", () => {
  beforeEach(() => {
    for (const path of ["/a", "/b"]) forget(path);
  });
  const said = (state: string, lagMs?: number) => ({
    tag: "ok" as const,
    value: { state, reasons: [], lagMs, proven: { lsn: "0/1", at: "2026-11-22T12:00:00.000Z" } },
  });

  test("the worst of what is shown is the page's state, and unknown words are not good news", () => {
    hear("/a", said("ready", 100), 0);
    expect(freshness(0).state).toBe("ready");
    hear("/b", said("untrusted", 100), 0);
    expect(freshness(0).state).toBe("untrusted");
    hear("/b", said("splendid", 100), 0);
    expect(freshness(0).state).toBe("untrusted");
  });

  test("an answer ages although nothing else comes", () => {
    hear("/a", said("ready", 400), 1_000);
    expect(freshness(1_400)).toMatchObject({ state: "ready", ageMs: 800 });
    expect(freshness(11_000)).toMatchObject({ state: "stale", ageMs: 10_400 });
  });

  test("an answer without a proof is never live", () => {
    hear("/a", said("ready"), 0);
    expect(freshness(0).state).toBe("stale");
  });

  test("a server that fails to answer is away, and a refusal does not make an old number fresh", () => {
    const refused = (status: number) => ({
      tag: "refused" as const,
      problem: { type: "about:blank", title: "", status, code: "", detail: "", remedy: "" },
    });
    hear("/a", said("ready", 100), 0);
    hear("/b", said("ready", 100), 0);
    hear("/a", refused(503), 500);
    expect(freshness(600).state).toBe("away");
    hear("/a", refused(422), 700);
    hear("/b", said("ready", 100), 20_000);
    expect(freshness(20_000).state).toBe("stale");
  });

  test("no answer is said at once, and ends with the next one", () => {
    hear("/a", said("ready", 100), 0);
    hear("/a", { tag: "away" }, 500);
    expect(freshness(600).state).toBe("away");
    hear("/a", said("ready", 100), 700);
    expect(freshness(800).state).toBe("ready");
  });
});
