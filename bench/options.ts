/** What `npm run bench -- …` understands. */
import { parseArgs } from "node:util";

export interface BenchOptions {
  /** Sizes of the events table, smallest first. */
  readonly facts: readonly number[];
  readonly accounts: number;
  /** Factor of the stream's transactions: 1 is three million rows in the largest. */
  readonly scale: number;
  /** How long each part under live load is watched. */
  readonly seconds: number;
  /** Changes a second of the live load. */
  readonly rate: number;
  readonly zero: boolean;
  readonly openSearch: boolean;
  /** Only the answers: the world is loaded, then asked under the live load. */
  readonly answersOnly: boolean;
  readonly profile: boolean;
  readonly json: boolean;
}

export const help = `npm run bench [-- OPTIONS]: what Vitrine reaches on this machine, each figure beside its goal (docs/benchmarks.md).

  --facts 1000000,10000000   sizes of the events table, one after the other; 100000000 takes hours and 60 GB
  --accounts 200000          accounts of the example world; twice as many devices
  --scale 1                  size of the stream's transactions: 1 is three million rows in the largest
  --seconds 30               how long each part under live load is watched
  --rate 5000                changes a second of the live load
  --zero                     installs zero-cache (npm @rocicorp/zero) into node_modules/.cache and measures its initial sync, too
  --opensearch               fetches OpenSearch by Maven into node_modules/.cache and measures the failure rate there, too
  --answers                  the answers over HTTP alone: no snapshot figures, latency, restart or stream
  --profile                  profiles reader and server, and says for each row that misses what took the time
  --json                     JSON on standard output instead of the table

Progress is on standard error; Ctrl-C stops everything and prints the rows measured until then. Wants a quiet machine.
`;

/** undefined: help was asked for. Throws a sentence about what cannot be used. */
export function readOptions(words: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...words],
    options: {
      facts: { type: "string", default: "1000000,10000000" },
      accounts: { type: "string", default: "200000" },
      scale: { type: "string", default: "1" },
      seconds: { type: "string", default: "30" },
      rate: { type: "string", default: "5000" },
      opensearch: { type: "boolean", default: false },
      answers: { type: "boolean", default: false },
      zero: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return undefined;
  const { zero, profile, json } = values;
  return {
    facts: values.facts
      .split(",")
      .map((text) => positive(text, "--facts"))
      .toSorted((a, b) => a - b),
    accounts: positive(values.accounts, "--accounts"),
    scale: positive(values.scale, "--scale"),
    seconds: positive(values.seconds, "--seconds"),
    rate: positive(values.rate, "--rate"),
    zero,
    openSearch: values.opensearch,
    answersOnly: values.answers,
    profile,
    json,
  };
}

function positive(text: string, option: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${option} wants numbers above 0; see npm run bench -- --help`);
}
