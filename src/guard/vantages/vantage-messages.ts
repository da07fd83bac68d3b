/**
 * What watch and vantage say to each other, a line of JSON a message. Each side reads the other strictly: what is not of this shape ends the
 * connection. A vantage sends classes of answers and sentences of ours; it holds nothing else.
 */
import { z } from "zod";
import type { Row } from "../checks/check.ts";
import { rungs } from "../ladder.ts";
import { pathStates } from "./path-control.ts";
import type { RemoteCheck } from "./remote-sight.ts";

/** Raised when one side would misread the other. */
export const protocol = 1;

/** Bytes of a line: before it is known who speaks, and after. */
export const strangerLineMax = 2_048;
export const lineMax = 4 << 20;

const name = z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/);
const count = z.number().int().min(0);
/** Nothing in it can end a line or move a terminal's cursor. */
const sentence = z
  .string()
  .max(500)
  .transform((text) => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " "));
const family = z.enum(["IPv4", "IPv6"]);
const path = z.enum(pathStates);
const paths = z.strictObject({ IPv4: path, IPv6: path });
const seen = z.enum([...rungs, "unknown", "silent"]);
const label = z.string().max(400);

const digest = z.string().regex(/^[0-9a-f]{64}$/);

const row = z
  .strictObject({
    address: z.string().regex(/^[0-9A-Fa-f.:%a-z]{2,60}$/),
    family,
    channel: z.enum(["plain", "tls"]),
    calledBy: z.enum(["name", "address"]),
    seen,
    because: sentence,
    notes: z.array(sentence).max(16),
    isMtls: z.boolean().optional(),
    isDisbelieved: z.literal(true).optional(),
    certificate: z
      .strictObject({ isTrusted: z.boolean(), validTo: z.iso.datetime(), sha256: digest, keySha256: digest.optional() })
      .optional(),
    bytesSent: count,
    bytesReceived: count,
    tookMs: count,
  })
  .transform(({ isMtls, isDisbelieved, certificate, ...rest }): Row => ({
    ...rest,
    certificate,
    ...(isMtls === undefined ? {} : { isMtls }),
    ...(isDisbelieved === undefined ? {} : { isDisbelieved }),
  }));

const check = z
  .strictObject({ target: label, seen, rows: z.array(row).max(512), untested: z.array(family).max(2) })
  .transform((one): RemoteCheck => one);

const target = z.strictObject({
  label,
  /** As `vitrine guard check` takes it; it is read again where it is asked. */
  url: z.string().max(20_000),
  channels: z
    .array(z.enum(["plain", "tls"]))
    .min(1)
    .max(2),
  /** Where the owner has declared them: at others a stranger answers. */
  addresses: z.array(z.string().max(60)).max(256).optional(),
});

const asset = z.strictObject({
  name,
  profile: z.enum(["standard", "fast"]),
  expected: z.enum(["unreachable", "auth-required", "mtls"]),
  targets: z.array(target).min(1).max(64),
});

const control = z.strictObject({ host: z.string().min(1).max(253), port: z.number().int().min(1).max(65_535) });

/** The first line of a vantage. `code`: to be enrolled, where its key is not known yet. */
export const helloShape = z.strictObject({ tag: z.literal("hello"), protocol: z.number(), name, code: z.string().max(64).optional() });

/** `beat`: the last one that it had heard when it said this. */
export const fromVantage = z.discriminatedUnion("tag", [
  z.strictObject({ tag: z.literal("alive"), beat: count, paths }),
  z.strictObject({ tag: z.literal("sight"), beat: count, asset: name, tookMs: z.number().min(0), paths, checks: z.array(check).max(64) }),
  /** Entries of the ledger that the last checkpoint covers which it keeps. */
  z.strictObject({ tag: z.literal("kept"), size: count }),
  z.strictObject({ tag: z.literal("doubt"), what: z.enum(["unsigned", "shorter", "other"]) }),
]);

export const fromWatch = z.discriminatedUnion("tag", [
  z.strictObject({ tag: z.literal("welcome") }),
  z.strictObject({ tag: z.literal("refused"), why: z.enum(["protocol", "code", "name"]) }),
  z.strictObject({ tag: z.literal("list"), assets: z.array(asset).max(1_000), controls: z.array(control).max(8) }),
  z.strictObject({ tag: z.literal("beat"), beat: count }),
  z.strictObject({ tag: z.literal("look"), asset: name }),
  z.strictObject({
    tag: z.literal("checkpoint"),
    verifier: z.string().max(500),
    note: z.string().max(2_000),
    proof: z.array(z.string().max(64)).max(128),
  }),
]);

export type Hello = z.infer<typeof helloShape>;
export type FromVantage = z.infer<typeof fromVantage>;
export type FromWatch = z.infer<typeof fromWatch>;
export type RemoteAsset = z.infer<typeof asset>;
