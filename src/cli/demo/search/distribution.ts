/** Elasticsearch as its maker publishes it for integration tests, fetched once by Maven; and the Java that it runs on. */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { VitrineError } from "../../../model/error.ts";
import { canEnter, serverAccount } from "../postgres/account.ts";
import { javaOf } from "./java.ts";

const version = "8.15.0";
const artifact = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${version}:zip`;
const plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack";
/** It needs the security manager, which is gone in Java 24. */
const releases = [17, 23] as const;
const downloadLimitMs = 900_000;

export interface Distribution {
  readonly home: string;
  readonly javaHome: string;
}

/** `folder`: where it is kept. Throws cli/no-java, cli/no-elasticsearch. */
export async function elasticsearch(folder: string): Promise<Distribution> {
  const javaHome = javaOf(releases);
  const hasMaven = await runs("mvn", ["-v"]);
  const missing = [...(javaHome === undefined ? ["openjdk-17-jre-headless"] : []), ...(hasMaven ? [] : ["maven"])];
  if (javaHome === undefined || !hasMaven) {
    const remedy = `Install it: ${process.getuid?.() === 0 ? "" : "sudo "}apt-get install -y ${missing.join(" ")}`;
    throw new VitrineError("cli/no-java", { message: "A real Elasticsearch node needs Java 17 to 23, and Maven to fetch it.", remedy });
  }
  return { javaHome, home: await fetched(openFor(folder)) };
}

async function fetched(folder: string): Promise<string> {
  const home = join(folder, `elasticsearch-${version}`);
  if (existsSync(home)) return home;
  const half = `${home}.${process.pid}`;
  // Maven notes below the folder where it runs what it has unpacked, and does not unpack it again.
  const work = `${half}.work`;
  mkdirSync(work);
  // -C: a file that does not fit its checksum is refused.
  const isThere = await runs("mvn", ["-q", "-B", "-C", plugin, `-Dartifact=${artifact}`, `-DoutputDirectory=${half}`], work);
  if (isThere) renameSync(join(half, `elasticsearch-${version}`), home);
  for (const made of [half, work]) rmSync(made, { recursive: true, force: true });
  if (!isThere) throw new VitrineError("cli/no-elasticsearch", { message: "Maven did not fetch Elasticsearch.", place: artifact });
  return home;
}

/** Where the account that runs the server can read it: below the folder wished, unless that is closed to it. */
function openFor(wished: string): string {
  mkdirSync(wished, { recursive: true });
  if (canEnter(wished, serverAccount())) return wished;
  const folder = "/var/tmp/vitrine-servers";
  mkdirSync(folder, { recursive: true });
  // Everybody may make a folder there: a program that somebody else has put into ours is not run.
  if (lstatSync(folder).uid !== process.getuid?.())
    throw new VitrineError("cli/no-elasticsearch", { message: "The folder for it belongs to somebody else.", place: folder });
  chmodSync(folder, 0o755);
  return folder;
}

async function runs(program: string, parameters: readonly string[], cwd = "/"): Promise<boolean> {
  try {
    await promisify(execFile)(program, parameters, { timeout: downloadLimitMs, cwd });
    return true;
  } catch {
    return false;
  }
}
