/**
 * `npm run test:guard [-- SERVICE…]`: every checker against real servers, open, closed and in the states that look like the one and are the
 * other. Installs what it may, says what it could not and how that is done, and closes with the verdicts that were wrong: the goal is none.
 */
import { parseArgs } from "node:util";
import { isOpen } from "../../src/guard/ladder.ts";
import type { Fixture } from "../support/servers/fixture.ts";
import { fixtures } from "../support/servers/fixtures.ts";
import { mustBeThere } from "../support/servers/need.ts";
import { endTheOne } from "../support/servers/one-at-a-time.ts";
import type { Row } from "./attempt.ts";
import { attempt, isFalseClosed, isFalseOpen, missingOf } from "./attempt.ts";

interface Failed {
  readonly fixture: Fixture;
  readonly why: string;
}

const say = (text: string): unknown => process.stdout.write(`${text}\n`);
const note = (text: string): unknown => process.stderr.write(`${text}\n`);

const { positionals: services, values } = parseArgs({ allowPositionals: true, options: { fast: { type: "boolean", default: false } } });
const chosen = fixtures.filter(({ service, isFast }) => (services.length === 0 || services.includes(service)) && (isFast || !values.fast));
await install(chosen);
const rows: Row[] = [];
const failed: Failed[] = [];
const skipped = chosen.filter((fixture) => missingOf(fixture).length > 0);
for (const fixture of chosen.filter((one) => !skipped.includes(one))) {
  note(`${fixture.service}: ${fixture.name}`);
  try {
    rows.push(await attempt(fixture));
  } catch (error) {
    failed.push({ fixture, why: error instanceof Error ? error.message : String(error) });
  }
}
await endTheOne();
report();

async function install(wanted: readonly Fixture[]): Promise<void> {
  const missing = new Map(wanted.flatMap(missingOf).map((need) => [need.what, need]));
  for (const need of missing.values()) {
    note(`installing, where this account may: ${need.what}`);
    await need.install();
  }
}

function report(): void {
  const table = rows.map((row) => [row.service, row.fixture, row.seen, row.expected, row.version, row.evidence, logText(row.ownLog)]);
  say(aligned([["service", "fixture", "seen", "expected", "version", "checked against", "its own log"], ...table]));
  const wrong = rows.filter(({ seen, expected }) => seen !== expected);
  for (const row of wrong) say(`WRONG  ${row.service}, ${row.fixture}: ${row.because}`);
  const isAsExpected = ({ holds, expectedToHold }: Row): boolean => holds.join("\n") === expectedToHold.join("\n");
  const counted = rows.filter(({ expectedToHold }) => expectedToHold.length > 0);
  for (const row of counted.filter((one) => !isAsExpected(one)))
    say(`COUNTED WRONG  ${row.service}, ${row.fixture}: ${row.holds.join("; ")}`);
  for (const { service, fixture, ownLog } of rows)
    for (const one of ownLog.outside) say(`NOT OURS TO ASK  ${service}, ${fixture}: ${ownLog.of}: ${one}`);
  for (const { fixture, why } of failed) say(`DID NOT START  ${fixture.service}, ${fixture.name}: ${why}`);
  for (const fixture of skipped)
    for (const { what, command } of missingOf(fixture))
      say(`skipped  ${fixture.service}, ${fixture.name}: ${what} is missing. It is installed by: ${command}`);
  const count = (is: (row: Row) => boolean): number => rows.filter(is).length;
  const versions = new Set(rows.map(({ service, version }) => `${service} ${version}`)).size;
  say("");
  say(`${rows.length} fixtures on ${versions} servers; false closed: ${count(isFalseClosed)}, false open: ${count(isFalseOpen)}`);
  const [bytes, outside] = (["bytes", "outside"] as const).map((what) => rows.reduce((sum, row) => sum + row.overheard[what], 0));
  say(`overheard on the way to them: ${bytes} bytes over TCP, outside of the checkers' lists: ${outside}`);
  say(`looked into: ${counted.length} fixtures, with the numbers that they hold: ${counted.filter(isAsExpected).length}`);
  const logged = rows.filter(({ ownLog }) => ownLog.of !== undefined);
  const sum = (of: (row: Row) => number): number => logged.reduce((all, row) => all + of(row), 0);
  const notOurs = sum(({ ownLog }) => ownLog.outside.length);
  say(`the servers' own logs (${logged.length} fixtures): asked ${sum(({ ownLog }) => ownLog.asked)} times, not ours to ask: ${notOurs}`);
  // Who is refused before anything is asked may stand in no log; of whom something was read, something was asked.
  const isMute = ({ ownLog, seen }: Row): boolean => ownLog.of !== undefined && ownLog.asked === 0 && isOpen(seen);
  const mute = rows.filter(isMute);
  for (const { service, fixture } of mute) say(`ITS LOG SAYS NOTHING  ${service}, ${fixture}`);
  const isBad = (row: Row): boolean => row.overheard.outside > 0 || row.ownLog.outside.length > 0 || isMute(row) || !isAsExpected(row);
  const bad = wrong.length + failed.length + count(isBad);
  say(`${rows.length - wrong.length} passed, ${bad} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`);
  process.exitCode = bad > 0 || rows.length === 0 || (mustBeThere && skipped.length > 0) ? 1 : 0;
}

function logText({ of, asked, outside }: Row["ownLog"]): string {
  return of === undefined ? "none" : `${of}: ${asked} asked, ${outside.length} not ours`;
}

function aligned(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
