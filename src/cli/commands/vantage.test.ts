/** What stands in the vantage's folder when it comes again, and what a person may have made of it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { CommandContext } from "./command.ts";
import { vantage } from "./vantage.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-vantage-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const watch = { host: "127.0.0.1", port: 7466, name: "outside", fingerprint: "0".repeat(64) };

test.for([
  ["nothing", () => undefined],
  ["half of it", (file: string) => writeFileSync(file, JSON.stringify(watch).slice(0, 40))],
  ["what cannot be read", (file: string) => mkdirSync(file)],
  ["a port that is none", (file: string) => writeFileSync(file, JSON.stringify({ ...watch, port: 99_999 }))],
] as const)("of its watch it has %s: it asks for an invitation, and says where it has looked", async ([, write]) => {
  const file = join(folder, "watch.json");
  write(file);
  const files = { vantageKeyFile: join(folder, "key"), webhookSecretFile: join(folder, "none"), pagerDutyKeyFile: join(folder, "none") };
  const context = { config: () => files, positionals: [], values: { folder }, log: () => undefined };
  await expect(vantage.run(context as unknown as CommandContext)).rejects.toMatchObject({ code: "guard/vantage-code", place: file });
});
