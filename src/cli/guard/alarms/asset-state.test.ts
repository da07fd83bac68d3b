import { expect, test } from "vitest";
import type { AssetState } from "../../../guard/alarms/episode.ts";
import { unseen } from "../../../guard/alarms/episode.ts";
import { stateFromJson, stateToJson } from "./asset-state.ts";

test("a restart goes on with all of it, also with what a version before this one kept", () => {
  const state: AssetState = {
    episode: { sinceMs: 1, heightMax: 4, flaps: 2, openFrom: ["outside"] },
    suspicion: { vantage: "here", atMs: 2, is: "deviation", height: 4 },
    unconfirmed: { vantage: "outside", atMs: 3 },
    good: [{ vantage: "here" }],
    unknown: new Map([["outside", { sinceMs: 4, checks: 3, told: true }]]),
  };
  expect(stateFromJson(stateToJson(state))).toEqual(state);
  expect(stateFromJson(stateToJson(unseen))).toEqual(unseen);
  expect(stateFromJson({ episode: null, suspicion: null, good: [], unknown: [] })).toEqual(unseen);
  expect(stateFromJson({ episode: 1 })).toEqual(unseen);
});
