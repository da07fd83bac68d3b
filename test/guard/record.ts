/**
 * `npm run record:guard -- SERVICE…`: asks the fixtures of a service once more and writes down what was heard, byte by byte, as far as it
 * decides: src/guard/services/<service>/recordings.ts. Everything in the fixtures is made up, so there is nothing to take out.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "../../src/guard/checks/check.ts";
import type { Heard, Requests } from "../../src/guard/checks/checker.ts";
import { converse } from "../../src/guard/checks/converse.ts";
import { worst } from "../../src/guard/ladder.ts";
import type { Recorded, Recording } from "../../src/guard/checks/recording.ts";
import { targetOf } from "../../src/guard/target.ts";
import { systemClock } from "../../src/lib/clock.ts";
import type { Running } from "../support/servers/fixture.ts";
import { fixtures } from "../support/servers/fixtures.ts";
import { endTheOne } from "../support/servers/one-at-a-time.ts";
import { root } from "../support/tree.ts";
import { missingOf } from "./attempt.ts";

for (const service of process.argv.slice(2)) {
  const kept = new Map<string, Recording>();
  for (const fixture of fixtures.filter((one) => one.service === service && missingOf(one).length === 0)) {
    process.stderr.write(`${service}: ${fixture.name}\n`);
    await using running = await fixture.start();
    const recording = await record(running, fixture.name);
    // The same words from two servers or in two states are kept once.
    const key = JSON.stringify([recording.seen, recording.heard]);
    if (!kept.has(key)) kept.set(key, recording);
  }
  await endTheOne();
  write(service, [...kept.values()]);
}

async function record(running: Running, name: string): Promise<Recording> {
  const target = targetOf(running.url);
  const { rows } = await check(target, systemClock);
  const talks = [];
  // Each is asked once more: where the recordings of before no longer fit, a check says unknown of all.
  for (const { channel, address } of rows) {
    const question = { channel, names: target.names, host: address, user: target.user };
    talks.push({ channel, question, ...(await converse(target.checker, question, { address, port: target.port })) });
  }
  const seen = worst(talks.map(({ verdict }) => verdict.seen));
  const talk = talks.find(({ verdict }) => verdict.seen === seen);
  if (talk === undefined) throw new Error(`${name}: no place gave the verdict`);
  const { channel, question, heard, verdict } = talk;
  const requests = target.checker.requests(question);
  return {
    of: `${running.title} ${running.version}, ${name}`,
    seen: verdict.seen,
    channel,
    names: target.names,
    ...(target.user === undefined ? {} : { user: target.user }),
    heard: heard.flatMap((one, i) => {
      const step = target.checker.next(question, heard.slice(0, i));
      return step.tag === "send" ? [recorded(one, step.request, requests)] : [];
    }),
  };
}

function recorded(heard: Heard, request: string, requests: Requests): Recorded {
  if (heard.tag === "no-connection") return { request, noConnection: heard.why };
  if (heard.tag !== "answer") throw new Error("what did not come to an answer is not recorded");
  const { bytes, ended } = heard;
  const isWhole = requests[request]?.isWhole;
  const lengths = Array.from({ length: bytes.length + 1 }, (_one, length) => length);
  const length =
    ended === "whole" && requests[request]?.over !== "udp" ? lengths.find((one) => isWhole?.(bytes.subarray(0, one)) === true) : undefined;
  return { request, bytes: Buffer.from(bytes.subarray(0, length ?? bytes.length)).toString("latin1"), ended };
}

function write(service: string, recordings: readonly Recording[]): void {
  const list = JSON.stringify(recordings, undefined, 2);
  const isLong = list.split("\n").length > 380;
  const text = `${isLong ? "/* oxlint-disable max-lines -- each state of each server is a recording */\n" : ""}/** Made by \`npm run record:guard -- ${service}\` from real servers; everything in them is made up. */
import type { Recording } from "../../recording.ts";

export const recordings: readonly Recording[] = ${list};
`;
  const file = join(root, "src/guard/services", service, "recordings.ts");
  writeFileSync(file, text);
  execFileSync(join(root, "node_modules/.bin/oxfmt"), [file], { stdio: "ignore" });
}
