/**
 * mongo-java-server, which is nobody's but its author's: an independent server of MongoDB's protocol, that knows no login. Where a login is
 * asked for our own code says so in it (test/guard/mongo), and the fixture is a stand-in.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Seen } from "../../../src/guard/ladder.ts";
import { makeCertificate } from "../certificate.ts";
import { root } from "../tree.ts";
import { folderOf, unpacked } from "./distributions.ts";
import type { Fixture, Running } from "./fixture.ts";
import { debian, program } from "./need.ts";
import { freePort, giveToServer, serverFolder, startProcess, untilReady } from "./process.ts";

const profile = "mongo-java-server-1.47.0";
export const needsMongo = [
  // The compiler too: what is ours in it is one file of source.
  debian("openjdk-17-jdk-headless", program("/usr/bin/javac")),
  debian("maven", program("/usr/bin/mvn")),
  unpacked(profile),
];

interface Case {
  readonly mode: "open" | "empty" | "no-hello" | "login" | "login-list" | "login-empty";
  readonly names?: string;
  readonly expected: Seen;
  readonly withTls?: boolean;
}

const mongodb =
  ({ mode, names = "", expected, withTls = false }: Case): Fixture["start"] =>
  async (): Promise<Running> => {
    const port = await freePort();
    const folder = serverFolder("mongodb");
    const source = ours(
      join(folder, "MongoServerFixture.java"),
      readFileSync(join(root, "test/guard/mongo/MongoServerFixture.java"), "utf8"),
    );
    const { cert, key } = makeCertificate(13);
    const tls = withTls ? [ours(join(folder, "crt.pem"), cert), ours(join(folder, "key.pem"), key)] : [];
    const command = ["/usr/bin/java", "-Xmx128m", "-cp", folderOf(profile), source, String(port), mode, ...tls];
    const server = startProcess({ command, folder });
    await untilReady(server, async () => existsSync(server.logFile) && /^ready$/m.test(readFileSync(server.logFile, "utf8")), 60_000);
    return {
      url: `mongodb://127.0.0.1:${port}/${names}`,
      title: "mongo-java-server",
      version: "1.47.0",
      evidence: mode === "open" || mode === "empty" ? "independent" : "stand-in",
      expected,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  };

function ours(file: string, text: string): string {
  writeFileSync(file, text, { mode: 0o600 });
  giveToServer(file);
  return file;
}

export const mongodbOpen = mongodb({ mode: "open", expected: "schema-readable" });
export const mongodbOpenTls = mongodb({ mode: "open", expected: "schema-readable", withTls: true });
export const mongodbDatabase = mongodb({ mode: "open", names: "nosuch,metrics", expected: "schema-readable" });
export const mongodbCollection = mongodb({ mode: "open", names: "metrics.users", expected: "counts-readable" });
export const mongodbCanary = mongodb({ mode: "open", names: "metrics.users,metrics.planted", expected: "data-readable" });
/** An empty list, and an error of its own to the question after it: not known, and not closed. */
export const mongodbEmpty = mongodb({ mode: "empty", expected: "unknown" });
export const mongodbNoHello = mongodb({ mode: "no-hello", expected: "schema-readable" });
export const mongodbLogin = mongodb({ mode: "login", names: "metrics.users", expected: "auth-required" });
/** An empty list, as servers with a login on were seen to give it. */
export const mongodbLoginEmptyList = mongodb({ mode: "login-empty", expected: "auth-required" });
/** The list alone is kept from others. */
export const mongodbLoginForTheList = mongodb({ mode: "login-list", names: "metrics.planted", expected: "data-readable" });
