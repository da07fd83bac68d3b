/**
 * Versity's S3 gateway over a folder, built from its Go module: an implementation of S3 that is neither ours nor Amazon's. One process for
 * each fixture, one bucket in it, and the policy that opens it.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { plantedWord } from "../../../src/guard/readable/planted.ts";
import type { Seen } from "../../../src/guard/ladder.ts";
import { makeCertificate } from "../certificate.ts";
import { host } from "../hosts.ts";
import { cache } from "./distributions.ts";
import type { Fixture, Running } from "./fixture.ts";
import { logFile } from "./log-file.ts";
import type { Need } from "./need.ts";
import { debian, given, program } from "./need.ts";
import { freePort, giveToServer, serverFolder, startProcess, untilReady } from "./process.ts";

type Start = Fixture["start"];
const version = "1.8.0";
const buildLimitMs = 900_000;
const login = "tester:made-up";

const binary = (): string => join(cache(), `versitygw-${version}`, "versitygw");
const go = ["/usr/local/go/bin/go", "/usr/bin/go"];

const gateway: Need = {
  what: `versitygw ${version}`,
  command: "npm run test:guard (it builds it with Go)",
  isThere: () => existsSync(binary()),
  install() {
    const compiler = go.find((one) => existsSync(one));
    if (compiler === undefined) return;
    const folder = join(cache(), `versitygw-${version}`);
    const work = join(cache(), `go.${process.pid}`);
    mkdirSync(folder, { recursive: true });
    const env = { ...process.env, GOBIN: folder, GOPATH: work, GOFLAGS: "-modcacherw", GOCACHE: join(work, "build") };
    const built = spawnSync(compiler, ["install", `github.com/versity/versitygw/cmd/versitygw@v${version}`], {
      stdio: ["ignore", 2, 2],
      timeout: buildLimitMs,
      env,
    });
    if (built.status !== 0) rmSync(folder, { recursive: true, force: true });
    else chmodSync(binary(), 0o755);
    rmSync(work, { recursive: true, force: true });
  },
};

export const needsS3: readonly Need[] = [
  given("Go 1.24 or later", "https://go.dev/dl/", () => existsSync(binary()) || go.some((one) => existsSync(one))),
  debian("curl", program("/usr/bin/curl")),
  gateway,
];

interface Options {
  /** What anybody may do. */
  readonly allowed: readonly ("list" | "get")[];
  /** Of the URL, below the host. */
  readonly path: string;
  readonly expected: Seen;
  readonly hasTls?: boolean;
  readonly holds?: readonly string[];
}

export const s3Closed: Start = () => store({ allowed: [], path: "bucket/canary.txt", expected: "auth-required" });
export const s3ClosedTls: Start = () => store({ allowed: [], path: "bucket/canary.txt", expected: "auth-required", hasTls: true });
/** Whether its objects can be read nobody knows: none is named. */
export const s3ClosedNoCanary: Start = () => store({ allowed: [], path: "bucket", expected: "unknown" });
export const s3List: Start = () => store({ allowed: ["list"], path: "bucket", expected: "schema-readable" });
export const s3ListTls: Start = () => store({ allowed: ["list"], path: "bucket", expected: "schema-readable", hasTls: true });
/** The list is refused, and every object is anybody's. */
export const s3Objects: Start = () => store({ allowed: ["get"], path: "bucket/canary.txt", expected: "data-readable" });
/** The same, and the object that was named is not there: the store looked for it. */
export const s3ObjectsNoSuch: Start = () => store({ allowed: ["get"], path: "bucket/missing.txt", expected: "anonymous-accepted" });
export const s3ListAndObjects: Start = () => store({ allowed: ["list", "get"], path: "bucket/canary.txt", expected: "data-readable" });
const counted = [
  "bucket: 272 records of an unknown number of persons. By the names of fields, at least:",
  "240 with body metrics (special category, GDPR Art. 9)",
  "30 with e-mail addresses",
  "30 with user numbers",
  "The declaration allows none of these there.",
];
/** A word of the owner's in the object's metadata, and in the name of another; keys of people. */
export const s3People: Start = () =>
  store({
    allowed: ["list", "get"],
    path: "bucket/canary.txt",
    expected: "data-readable",
    holds: counted,
  });
/** It is proven by the list alone. */
export const s3PeopleList: Start = () =>
  store({ allowed: ["list"], path: "bucket/canary.txt", expected: "schema-readable", hasTls: true, holds: counted });
/** It is proven by the object alone, and whoever may not list it cannot count it. */
export const s3PeopleObjects: Start = () =>
  store({ allowed: ["get"], path: "bucket/canary.txt", expected: "data-readable", holds: ["bucket: it does not let itself be counted"] });
export const s3NoSuchBucket: Start = () => store({ allowed: [], path: "nosuchbucket/canary.txt", expected: "unknown" });

/** As Amazon sends to the endpoint of another region; a stand-in, since no other implementation does. */
export const s3Redirect: Start = async () => {
  const body = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>PermanentRedirect</Code><Message>made up</Message></Error>';
  const head = `HTTP/1.1 301 Moved Permanently\r\nx-amz-request-id: 0\r\ncontent-type: application/xml\r\ncontent-length: ${body.length}\r\n`;
  const place = await host({ onConnection: (socket) => void socket.once("data", () => socket.end(`${head}\r\n${body}`)) });
  return {
    url: `s3+http://127.0.0.1:${place.port}/bucket/canary.txt`,
    title: "S3",
    version: "stand-in",
    evidence: "stand-in",
    expected: "unknown",
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
};

async function store({ allowed, path, expected, hasTls = false, holds }: Options): Promise<Running> {
  const [port, folder] = [await freePort(), serverFolder("s3")];
  const [data, sidecar] = [join(folder, "data"), join(folder, "metadata")];
  for (const one of [data, sidecar]) {
    mkdirSync(one);
    giveToServer(one);
  }
  const [cert, key] = [join(folder, "node.crt"), join(folder, "node.key")];
  const made = makeCertificate(9);
  for (const [file, text] of [[cert, made.cert] as const, [key, made.key] as const]) {
    writeFileSync(file, text);
    giveToServer(file);
  }
  const log = join(folder, "access.log");
  const tls = hasTls ? ["--cert", cert, "--key", key] : [];
  const server = startProcess({
    command: [binary(), "--port", `127.0.0.1:${port}`, "--quiet", "--access-log", log, ...tls, "posix", "--sidecar", sidecar, data],
    folder,
    env: { ROOT_ACCESS_KEY: login.split(":")[0] ?? "", ROOT_SECRET_KEY: login.split(":")[1] ?? "" },
  });
  const base = `${hasTls ? "https" : "http"}://127.0.0.1:${port}`;
  await untilReady(server, async () => signed(base, "GET") === "200");
  signed(`${base}/bucket`, "PUT");
  signed(`${base}/bucket/canary.txt`, "PUT", "made up", holds === undefined ? [] : [`x-amz-meta-vitrine: ${word}`]);
  if (holds !== undefined) people(join(data, "bucket"));
  if (allowed.length > 0) must(signed(`${base}/bucket?policy=`, "PUT", policy(allowed)), "204");
  must(signed(`${base}/bucket/canary.txt`, "HEAD"), "200");
  return {
    ownLog: logFile("access log", log, (line) => {
      // The operation, whose object, and the path as it came; a line of another form is shown as it is.
      const [, operation, asked] = / (s3_\w+) \S+ (\S+) \d{3} /.exec(line) ?? [];
      return line === "" ? undefined : asked === undefined ? line : `${operation} ${asked}`;
    }),
    url: `s3://127.0.0.1:${port}/${path}`,
    title: "Versity S3 Gateway",
    version,
    evidence: "independent",
    expected,
    ...(holds === undefined ? {} : { holds }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Of this fixture alone. */
const word = plantedWord(Buffer.from("versity, fixture"));

/** Objects are files: 30 addresses, 120 people's weight and height. */
function people(bucket: string): void {
  const keys = [
    `canary.txt.${word}`,
    ...Array.from({ length: 30 }, (_, i) => `users/${1_000 + i}/email.txt`),
    ...Array.from({ length: 120 }, (_, i) => [`scales/${i}/weight.csv`, `scales/${i}/height.csv`]).flat(),
  ];
  for (const key of keys) {
    const file = join(bucket, key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "made up");
  }
  for (const one of [bucket, ...readdirSync(bucket, { recursive: true, encoding: "utf8" }).map((name) => join(bucket, name))])
    giveToServer(one);
}

function policy(allowed: Options["allowed"]): string {
  const statements = allowed.map((what) => ({
    Effect: "Allow",
    Principal: "*",
    Action: what === "list" ? "s3:ListBucket" : "s3:GetObject",
    Resource: `arn:aws:s3:::bucket${what === "list" ? "" : "/*"}`,
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** By the only account there is; the status, `000` where there was no answer. */
function signed(url: string, method: string, body?: string, headers: readonly string[] = []): string {
  const sign = [
    "--aws-sigv4",
    "aws:amz:us-east-1:s3",
    "--user",
    login,
    "-H",
    "x-amz-content-sha256: UNSIGNED-PAYLOAD",
    ...headers.flatMap((one) => ["-H", one]),
  ];
  const what = method === "HEAD" ? ["--head"] : ["-X", method, ...(body === undefined ? [] : ["--data-binary", body])];
  const all = ["-sk", "-o", "/dev/null", "-w", "%{http_code}", "-H", "content-type: text/plain", ...sign, ...what, url];
  try {
    return execFileSync("/usr/bin/curl", all, { encoding: "utf8", timeout: 5_000, stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return "000";
  }
}

function must(said: string, status: string): void {
  if (said !== status) throw new Error(`the fixture is not what it should be: ${said} instead of ${status}`);
}
