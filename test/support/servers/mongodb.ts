/**
 * mongo-java-server, which is nobody's but its author's: an independent server of MongoDB's protocol, that knows no login. Where a login is
 * asked for our own code says so in it (test/guard/mongo), and the fixture is a stand-in.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plantedWord } from "../../../src/guard/readable/planted.ts";
import type { Seen } from "../../../src/guard/ladder.ts";
import { makeCertificate } from "../certificate.ts";
import { root } from "../tree.ts";
import { folderOf, unpacked } from "./distributions.ts";
import type { Fixture, Running } from "./fixture.ts";
import { logFile } from "./log-file.ts";
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
  readonly mode: "open" | "people" | "empty" | "no-hello" | "login" | "login-list" | "login-empty";
  readonly names?: string;
  readonly expected: Seen;
  readonly withTls?: boolean;
  readonly holds?: readonly string[];
}

/** Of this fixture alone. */
const plantedHere = plantedWord(Buffer.from("mongodb fixture."));

const mongodb =
  ({ mode, names = "", expected, withTls = false, holds }: Case): Fixture["start"] =>
  async (): Promise<Running> => {
    const port = await freePort();
    const folder = serverFolder("mongodb");
    const source = ours(
      join(folder, "MongoServerFixture.java"),
      readFileSync(join(root, "test/guard/mongo/MongoServerFixture.java"), "utf8"),
    );
    const { cert, key } = makeCertificate(13);
    const tls = withTls ? [ours(join(folder, "crt.pem"), cert), ours(join(folder, "key.pem"), key)] : [];
    const command = ["/usr/bin/java", "-Xmx128m", "-cp", folderOf(profile), source, String(port), mode, plantedHere, ...tls];
    const server = startProcess({ command, folder });
    await untilReady(server, async () => existsSync(server.logFile) && /^ready$/m.test(readFileSync(server.logFile, "utf8")), 60_000);
    return {
      ownLog: logFile("commands", server.logFile, (line) => /^asked (.*)$/.exec(line)?.[1]),
      url: `mongodb://127.0.0.1:${port}/${names}`,
      title: "mongo-java-server",
      version: "1.47.0",
      evidence: mode === "open" || mode === "people" || mode === "empty" ? "independent" : "stand-in",
      expected,
      ...(holds === undefined ? {} : { holds }),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  };

function ours(file: string, text: string): string {
  writeFileSync(file, text, { mode: 0o600 });
  giveToServer(file);
  return file;
}

/** As nothing is planted there. */
const unproven = (dataSet: string): string =>
  `${dataSet}: identity not confirmed: nothing was counted (\`vitrine guard add\` records it while the store is yours)`;

export const mongodbOpen = mongodb({ mode: "open", expected: "schema-readable" });
export const mongodbOpenTls = mongodb({ mode: "open", expected: "schema-readable", withTls: true });
export const mongodbDatabase = mongodb({ mode: "open", names: "nosuch,metrics", expected: "schema-readable" });
export const mongodbCollection = mongodb({
  mode: "open",
  names: "metrics.users",
  expected: "counts-readable",
  holds: [unproven("metrics.users")],
});
export const mongodbCanary = mongodb({ mode: "open", names: "metrics.users,metrics.planted", expected: "data-readable" });
export const mongodbPeople = mongodb({
  mode: "people",
  names: "metrics.people",
  expected: "counts-readable",
  holds: [
    "metrics.people: 2,000 records of 500 persons. By the names of fields, at least:",
    "140 with body metrics (special category, GDPR Art. 9)",
    "24 with integration tokens",
    "1,900 with e-mail addresses",
    "2,000 with user numbers",
    "The declaration allows none of these there.",
  ],
});
/** An empty list, and an error of its own to the question after it: not known, and not closed. */
export const mongodbEmpty = mongodb({ mode: "empty", expected: "unknown" });
export const mongodbNoHello = mongodb({ mode: "no-hello", expected: "schema-readable" });
export const mongodbLogin = mongodb({ mode: "login", names: "metrics.users", expected: "auth-required" });
/** An empty list, as servers with a login on were seen to give it. */
export const mongodbLoginEmptyList = mongodb({ mode: "login-empty", expected: "auth-required" });
/** The list alone is kept from others. */
export const mongodbLoginForTheList = mongodb({ mode: "login-list", names: "metrics.planted", expected: "data-readable" });
