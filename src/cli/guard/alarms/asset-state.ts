/** An asset's state as JSON and back. What is not of this shape is as if nothing had been seen: then an opening is confirmed anew. */
import { z } from "zod";
import type { AssetState } from "../../../guard/alarms/episode.ts";
import { unseen } from "../../../guard/alarms/episode.ts";
import type { Json } from "../../canonical-json.ts";

const sighting = z.object({
  vantage: z.string(),
  atMs: z.number(),
  is: z.enum(["as-expected", "deviation", "unknown"]),
  height: z.number(),
});

const shape = z.object({
  // `openFrom` was not kept by earlier versions.
  episode: z
    .object({ sinceMs: z.number(), heightMax: z.number(), flaps: z.number(), openFrom: z.array(z.string()).default([]) })
    .nullable(),
  suspicion: sighting.nullable(),
  // Not kept by earlier versions.
  unconfirmed: sighting.pick({ vantage: true, atMs: true }).nullish(),
  good: z.array(z.object({ vantage: z.string() })),
  unknown: z.array(z.object({ vantage: z.string(), sinceMs: z.number(), checks: z.number(), told: z.boolean() })),
});

export function stateToJson({ episode, suspicion, unconfirmed, good, unknown }: AssetState): Json {
  return {
    episode: episode === undefined ? null : { ...episode, openFrom: [...episode.openFrom] },
    suspicion: suspicion === undefined ? null : { ...suspicion },
    ...(unconfirmed === undefined ? {} : { unconfirmed: { ...unconfirmed } }),
    good: good.map(({ vantage }) => ({ vantage })),
    unknown: [...unknown].map(([vantage, one]) => ({ vantage, ...one })),
  };
}

export function stateFromJson(json: Json): AssetState {
  const read = shape.safeParse(json);
  if (!read.success) return unseen;
  const { episode, suspicion, unconfirmed, good, unknown } = read.data;
  return {
    episode: episode ?? undefined,
    suspicion: suspicion ?? undefined,
    unconfirmed: unconfirmed ?? undefined,
    good,
    unknown: new Map(unknown.map(({ vantage, ...one }) => [vantage, one])),
  };
}
