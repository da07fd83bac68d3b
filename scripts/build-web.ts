/**
 * Builds the dashboard into dist/web when its inputs have changed since: their hash stands beside it, so that a start costs some
 * milliseconds and the first one a second or two. `--force` builds anyhow.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "vite";

const root = join(import.meta.dirname, "..");
const out = join(root, "dist", "web");
const stamp = join(out, ".inputs");

/** Types alone come from elsewhere, so the sources, the packages' versions and this file decide what is built. */
function inputs(): string {
  const files = [...globSync("src/web/**/*.{ts,tsx,css,html,svg}", { cwd: root }).toSorted(), "package-lock.json", "scripts/build-web.ts"];
  const hash = createHash("sha256");
  for (const file of files)
    if (!file.endsWith(".test.ts"))
      hash
        .update(file)
        .update("\0")
        .update(readFileSync(join(root, file)))
        .update("\0");
  return hash.digest("hex");
}

const wanted = inputs();
const isBuilt = existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
if (!isBuilt || process.argv.includes("--force")) {
  process.stderr.write("Building the dashboard …\n");
  await build({ configFile: join(root, "src/web/vite.config.ts"), logLevel: "warn" });
  writeFileSync(stamp, wanted);
}
