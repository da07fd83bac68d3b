/** On real files: how editors, deployments and people change them, and what a change sets off. */
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Asset } from "../../guard/asset.ts";
import { targetOf } from "../../guard/target.ts";
import { systemClock } from "../../lib/clock.ts";
import type { WatchedFilesOptions } from "./watched-files.ts";
import { watchFiles } from "./watched-files.ts";

interface Watching extends AsyncDisposable {
  readonly folder: string;
  readonly at: (name: string) => string;
  /** Milliseconds from the change to the nudge. */
  readonly change: (how: () => void) => Promise<number>;
  readonly nudges: string[];
  readonly odd: string[];
}

/** What would see a change of itself, without being told, comes later than this. A busy machine takes its time for the rest. */
const slowLookMs = 4_500;

async function watching(
  files: readonly string[],
  prepare: (folder: string) => void = () => undefined,
  options: Partial<WatchedFilesOptions> = {},
): Promise<Watching> {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-watched-"));
  mkdirSync(join(folder, "conf"));
  prepare(folder);
  const over = new AbortController();
  const nudges: string[] = [];
  const odd: string[] = [];
  let onNudge = (): void => undefined;
  const asset: Asset = {
    name: "cache",
    owner: "platform",
    targets: [targetOf("redis://cache.example")],
    profile: "standard",
    allows: [],
    person: undefined,
    authorised: { by: "Ann", on: "2026-11-01" },
    expectedAt: () => "auth-required",
    watches: files.map((file) => join("conf", file)),
  };
  const done = watchFiles({
    assets: [asset],
    folder,
    clock: systemClock,
    signal: over.signal,
    nudge: (name) => {
      nudges.push(name);
      onNudge();
    },
    onOdd: (file, what) => odd.push(`${file.slice(folder.length + 1)} ${what}`),
    ...options,
  });
  await sleep(150);
  return {
    folder,
    at: (name) => join(folder, "conf", name),
    nudges,
    odd,
    async change(how) {
      const { promise, resolve } = Promise.withResolvers<void>();
      onNudge = resolve;
      const startedMs = performance.now();
      how();
      await Promise.race([promise, sleep(5_000)]);
      return performance.now() - startedMs;
    },
    async [Symbol.asyncDispose]() {
      over.abort();
      await done;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const written = (folder: string): void => writeFileSync(join(folder, "conf/redis.conf"), "requirepass made-up\n");

test.concurrent("written, appended, replaced by an editor, touched, given other rights: each is seen within a second", async () => {
  await using here = await watching(["redis.conf"], written);
  const file = here.at("redis.conf");
  const ways = [
    () => writeFileSync(file, "protected-mode no\n"),
    () => appendFileSync(file, "# later\n"),
    () => {
      writeFileSync(here.at(".redis.conf.swp"), "protected-mode no\n");
      renameSync(here.at(".redis.conf.swp"), file);
    },
    () => utimesSync(file, new Date(), new Date()),
    () => chmodSync(file, 0o600),
    // The first replacement is another file: it is listened to as the old one was.
    () => writeFileSync(file, "requirepass made-up\n"),
  ];
  for (const how of ways) {
    expect(await here.change(how), String(how)).toBeLessThan(slowLookMs);
    await sleep(300);
  }
  expect(here.odd).toEqual([]);
});

test.concurrent("not there is said once and is not the end; it comes, goes and comes back", async () => {
  await using here = await watching(["redis.conf"]);
  expect(here.odd).toEqual(["conf/redis.conf missing"]);
  expect(await here.change(() => writeFileSync(here.at("redis.conf"), "x"))).toBeLessThan(slowLookMs);
  await sleep(300);
  expect(await here.change(() => unlinkSync(here.at("redis.conf")))).toBeLessThan(slowLookMs);
  await sleep(300);
  expect(await here.change(() => writeFileSync(here.at("redis.conf"), "x"))).toBeLessThan(slowLookMs);
  // The nudge may have been the second one of a change before it.
  await expect.poll(() => here.odd.map((one) => one.split(" ")[1])).toEqual(["missing", "there", "missing", "there"]);
});

test.concurrent("its folder is replaced, taken away and made again", async () => {
  await using here = await watching(["redis.conf"], written);
  const conf = join(here.folder, "conf");
  const replace = (): void => {
    mkdirSync(`${conf}.new`);
    writeFileSync(join(`${conf}.new`, "redis.conf"), "protected-mode no\n");
    renameSync(conf, `${conf}.old`);
    renameSync(`${conf}.new`, conf);
  };
  expect(await here.change(replace)).toBeLessThan(slowLookMs);
  await sleep(600);
  expect(await here.change(() => writeFileSync(here.at("redis.conf"), "y"))).toBeLessThan(slowLookMs);
  await sleep(300);
  expect(await here.change(() => rmSync(conf, { recursive: true }))).toBeLessThan(slowLookMs);
  await sleep(600);
  expect(
    await here.change(() => {
      mkdirSync(conf);
      writeFileSync(here.at("redis.conf"), "z");
    }),
  ).toBeLessThan(slowLookMs);
});

test.concurrent("a link to elsewhere: what it leads to is changed, and the link of a folder is turned to another (as Kubernetes does)", async () => {
  await using here = await watching(["redis.conf"], (folder) => {
    for (const [name, text] of [
      ["one", "a"],
      ["two", "bb"],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "redis.conf"), text);
    }
    symlinkSync("../one", join(folder, "conf/..data"));
    symlinkSync("..data/redis.conf", join(folder, "conf/redis.conf"));
  });
  expect(await here.change(() => writeFileSync(join(here.folder, "one/redis.conf"), "ccc"))).toBeLessThan(slowLookMs);
  await sleep(300);
  expect(
    await here.change(() => {
      symlinkSync("../two", here.at("..next"));
      renameSync(here.at("..next"), here.at("..data"));
    }),
  ).toBeLessThan(slowLookMs);
});

test.concurrent("where the system tells nothing it is looked at all the same", async () => {
  const listen = (() => {
    throw new Error("ENOSPC");
  }) as unknown as NonNullable<WatchedFilesOptions["listen"]>;
  await using here = await watching(["redis.conf"], written, { listen });
  expect(await here.change(() => writeFileSync(here.at("redis.conf"), "longer than before\n"))).toBeLessThan(slowLookMs);
});

test.concurrent("where the folder may not be seen the file itself is listened to, and looked at", async () => {
  await using here = await watching(["redis.conf"], written, { mayListen: () => false });
  expect(await here.change(() => writeFileSync(here.at("redis.conf"), "longer than before\n"))).toBeLessThan(slowLookMs);
  await sleep(300);
  writeFileSync(here.at("next"), "another\n");
  expect(await here.change(() => renameSync(here.at("next"), here.at("redis.conf")))).toBeLessThan(slowLookMs);
  await sleep(300);
  expect(await here.change(() => writeFileSync(here.at("redis.conf"), "and that one, too\n"))).toBeLessThan(slowLookMs);
});

test.concurrent("many changes at once set off few checks, and the last of them one; other files of the folder none", async () => {
  await using here = await watching(["redis.conf"], written);
  for (let i = 0; i < 200; i += 1) writeFileSync(here.at(`other-${i}`), "x");
  await sleep(500);
  expect(here.nudges).toEqual([]);
  const startedMs = performance.now();
  while (performance.now() - startedMs < 1_500) {
    for (let i = 0; i < 20; i += 1) appendFileSync(here.at("redis.conf"), "x");
    await sleep(5);
  }
  const during = here.nudges.length;
  expect(during).toBeGreaterThan(0);
  expect(during).toBeLessThanOrEqual(4);
  await sleep(4_500);
  expect(here.nudges.length).toBeGreaterThan(during);
});

test.concurrent("a server takes up what was written when it is restarted: after a change it is looked at again", async () => {
  await using here = await watching(["redis.conf"], written);
  await here.change(() => writeFileSync(here.at("redis.conf"), "longer than before\n"));
  expect(here.nudges).toEqual(["cache"]);
  await sleep(2_300);
  expect(here.nudges).toEqual(["cache", "cache"]);
});

test.concurrent("a folder is no file: that is said", async () => {
  await using here = await watching(["nested"], (folder) => mkdirSync(join(folder, "conf/nested")));
  expect(here.odd).toEqual(["conf/nested folder"]);
});
