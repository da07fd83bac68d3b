/** Which Java there is on this machine. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const homes = "/usr/lib/jvm";

/** Folder of the oldest Java of these releases, where distributions and Debian put them; undefined: there is none. */
export function javaOf([least, most]: readonly [number, number]): string | undefined {
  const all = existsSync(homes) ? readdirSync(homes).map((name) => join(homes, name)) : [];
  return all
    .map((home) => ({ home, release: releaseOf(home) }))
    .filter(({ release }) => release >= least && release <= most)
    .toSorted((a, b) => a.release - b.release)[0]?.home;
}

function releaseOf(home: string): number {
  const file = join(home, "release");
  if (!existsSync(file) || !existsSync(join(home, "bin/java"))) return 0;
  return Number(/^JAVA_VERSION="(\d+)/m.exec(readFileSync(file, "utf8"))?.[1] ?? 0);
}
