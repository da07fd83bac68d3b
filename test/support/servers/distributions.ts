/**
 * Elasticsearch and OpenSearch as their makers publish them for integration tests, by Maven and test/guard/pom.xml, kept in
 * node_modules/.cache; and the Java that each of them runs on.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { canEnter, serverAccount } from "../../../src/cli/demo/postgres/account.ts";
import { javaOf } from "../../../src/cli/demo/search/java.ts";
import { root } from "../tree.ts";
import type { Need } from "./need.ts";
import { debian, given, program } from "./need.ts";

export type Distribution =
  | "elasticsearch-7.17.13"
  | "elasticsearch-8.15.0"
  | "elasticsearch-9.2.0"
  | "opensearch-2.19.1"
  | "opensearch-3.8.0";
const securityPlugin = "opensearch-security-2.19.1.0";
const downloadLimitMs = 900_000;
let found: string | undefined;

/** Those before 8.18 and 3 need the security manager, which is gone in Java 24; those after need 21. */
const isRecent: Readonly<Record<Distribution, boolean>> = {
  "elasticsearch-7.17.13": false,
  "elasticsearch-8.15.0": false,
  "elasticsearch-9.2.0": true,
  "opensearch-2.19.1": false,
  "opensearch-3.8.0": true,
};

const javaPackage = debian("openjdk-17-jre-headless", () => javaOf([17, 17]) !== undefined);
const recentJava = given(
  "Java 21 or later",
  "apt-get install -y openjdk-21-jre-headless (Debian 13, Ubuntu 24.04)",
  () => javaOf([21, 99]) !== undefined,
);

export function needsOf(distribution: Distribution): readonly Need[] {
  return [isRecent[distribution] ? recentJava : javaPackage, debian("maven", program("/usr/bin/mvn")), unpacked(distribution)];
}

export const needsSecurity: readonly Need[] = [...needsOf("opensearch-2.19.1"), unpacked(securityPlugin)];

/** Folder of a Java that this distribution runs on. */
export function javaHome(distribution: Distribution): string {
  const home = javaOf(isRecent[distribution] ? [21, 99] : [17, 17]);
  if (home === undefined) throw new Error(`no Java for ${distribution}`);
  return home;
}

/** Folder of the distribution, as it was published. */
export function homeOf(distribution: Distribution): string {
  return join(cache(), distribution, distribution);
}

/** Folder of whatever else a profile has fetched. */
export function folderOf(profile: string): string {
  return join(cache(), profile);
}

/** OpenSearch with its security plugin: a copy, since plugins lie in the distribution's own folder. */
export function homeWithSecurity(): string {
  const home = join(cache(), "opensearch-2.19.1-with-security");
  if (existsSync(home)) return home;
  const half = `${home}.${process.pid}`;
  cpSync(homeOf("opensearch-2.19.1"), half, { recursive: true });
  cpSync(join(cache(), securityPlugin), join(half, "plugins/opensearch-security"), { recursive: true });
  renameSync(half, home);
  return home;
}

/** What a profile of test/guard/pom.xml fetches, unpacked. */
export function unpacked(profile: string): Need {
  const folder = (): string => join(cache(), profile);
  return {
    what: profile,
    command: "npm run test:guard (it fetches it with Maven)",
    isThere: () => existsSync(folder()),
    install() {
      const half = `${folder()}.${process.pid}`;
      const work = `${half}.work`;
      const goal = ["dependency:unpack-dependencies", "-DexcludeTransitive=true", `-DoutputDirectory=${half}`, `-Dguard.work=${work}`];
      const done = spawnSync("mvn", ["-q", "-B", "-f", join(root, "test/guard/pom.xml"), "-P", profile, ...goal], {
        stdio: ["ignore", 2, 2],
        timeout: downloadLimitMs,
      });
      rmSync(work, { recursive: true, force: true });
      if (done.status === 0 && !existsSync(folder())) renameSync(half, folder());
      else rmSync(half, { recursive: true, force: true });
    },
  };
}

/** Where the account that runs the servers can read it: below this folder, unless that is closed to it. */
export function cache(): string {
  if (found !== undefined) return found;
  const wished = join(root, "node_modules/.cache/vitrine-servers");
  mkdirSync(wished, { recursive: true });
  found = canEnter(wished, serverAccount()) ? wished : "/var/tmp/vitrine-servers";
  mkdirSync(found, { recursive: true });
  chmodSync(found, 0o755);
  return found;
}
