import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { declaredAssets } from "./declared-assets.ts";

const textOf = (...names: readonly string[]): string =>
  [
    "version: 1",
    "assets:",
    ...names.map(
      (name) => `  ${name}: { owner: o, url: "redis://${name}", authorised: { by: Ann, on: 2026-11-01 }, expect: auth-required }`,
    ),
    "",
  ].join("\n");

test("what is declared while the server runs is shown, and a file that cannot be read changes nothing", () => {
  const folder = mkdtempSync(join(tmpdir(), "vitrine-declared-"));
  const file = join(folder, "assets.yaml");
  writeFileSync(file, textOf("a"));
  const assets = declaredAssets(file, []);
  const names = (): readonly string[] => assets().map(({ name }) => name);
  expect(names()).toEqual(["a"]);
  writeFileSync(file, textOf("a", "bb"));
  expect(names()).toEqual(["a", "bb"]);
  writeFileSync(file, "assets: [");
  expect(names()).toEqual(["a", "bb"]);
  rmSync(file);
  expect(names()).toEqual(["a", "bb"]);
  writeFileSync(file, textOf("ccc"));
  expect(names()).toEqual(["ccc"]);
  rmSync(folder, { recursive: true });
});
