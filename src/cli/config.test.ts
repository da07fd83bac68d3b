import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { keysInEnvironment, parseListen, readConfig } from "./config.ts";
import { passwordFor, sourceConnection } from "./credentials.ts";
import { choose } from "./settings.ts";

const folder = mkdtempSync(join(tmpdir(), "vitrine-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const config = (flags: Record<string, string> = {}, environment: Record<string, string> = {}, file?: string) =>
  readConfig({
    flags,
    environment: { HOME: folder, ...environment },
    workingFolder: folder,
    ...(file === undefined ? {} : { sourceUrlInFile: () => file }),
  });
const codeOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "nothing thrown";
};

test("a flag wins over the environment, that over the file, that over the demonstration, that over the default", () => {
  const levels = {
    flags: { source: "1" } as Record<string, string>,
    environment: { VITRINE_SOURCE_URL: "2" } as Record<string, string>,
    file: { source: "3" } as { source?: string },
    demonstration: { source: "4" } as { source?: string },
    defaults: { source: "5" },
  };
  const seen = (): unknown => choose(levels).source;
  expect(seen()).toEqual({ value: "1", origin: "flag" });
  levels.flags = {};
  expect(seen()).toEqual({ value: "2", origin: "environment" });
  levels.environment = { VITRINE_SOURCE_URL: "" };
  expect(seen()).toEqual({ value: "3", origin: "vitrine.yaml" });
  levels.file = {};
  expect(seen()).toEqual({ value: "4", origin: "demonstration" });
  levels.demonstration = {};
  expect(seen()).toEqual({ value: "5", origin: "default" });
});

test("a password on the command line or in the file is refused; one in the environment is taken out of the configuration", () => {
  expect(codeOf(() => config({ source: "postgres://u:secret@h/d" }))).toBe("cli/credential-place");
  writeFileSync(join(folder, "vitrine.yaml"), "");
  expect(codeOf(() => config({}, {}, "postgres://u:secret@h/d"))).toBe("cli/credential-place");
  expect(JSON.stringify(config({}, { VITRINE_SOURCE_URL: "postgres://u:secret@h/d" }).sourceUrl)).toBe('"postgres://u@h/d"');
});

const refused: [string, Record<string, string>, string][] = [
  ["an address that is none", { source: "anna@example.org" }, "cli/source-url"],
  ["an address without a database", { source: "postgres://h" }, "cli/source-url"],
  ["a password in a parameter", { source: "postgres://u@h/d?password=secret" }, "cli/source-url"],
  ["a password with a slash that is not escaped", { source: "postgres://u:12/secret@h/d" }, "cli/source-url"],
  ["a password with a slash, where the rest looks like a database", { source: "postgres://u:12/secret@d" }, "cli/source-url"],
  ["a password with a hash that is not escaped", { source: "postgres://u:12/d#secret@h/d" }, "cli/source-url"],
  ["a password with a percent sign that is not escaped", { source: "postgres://u:p%zz@h/d" }, "cli/source-url"],
  ["an address without a user", { source: "postgres://h/d" }, "cli/source-url"],
  ["any address without a certificate", { listen: "0.0.0.0:80" }, "cli/listen-invalid"],
  ["a listen address without a port", { listen: "localhost" }, "cli/listen-invalid"],
  ["a port that is none", { listen: "localhost:70000" }, "cli/listen-invalid"],
  ["a certificate without its key", { "tls-cert": "c.pem" }, "cli/listen-invalid"],
  ["keys inside the state folder", { keys: ".vitrine/keys" }, "cli/credential-place"],
  ["an hour that is none", { "compact-at": "24" }, "cli/usage"],
  ["a limit of the log too small to work with", { "accept-unlimited-wal": "0.05" }, "cli/usage"],
  ["a limit of the log that is no number", { "accept-unlimited-wal": "4 GB" }, "cli/usage"],
];
for (const [name, flags, code] of refused) test(`${name} is refused with ${code}`, () => expect(codeOf(() => config(flags))).toBe(code));

test("the same password in the environment's address never gets into the configuration, which children have on their command line", () => {
  for (const url of ["postgres://u@h/d?password=secret", "postgres://u@h/d?sslpassword=secret", "postgres://u:12/secret@h/d"])
    expect(codeOf(() => config({}, { VITRINE_SOURCE_URL: url }))).toBe("cli/source-url");
});

test("keys in VITRINE_KEYS are not taken for a path", () => {
  const secret = "0123456789abcdef".repeat(4);
  for (const text of [`account 01234567 ${secret}`, `account 01234567 ${secret};device 89abcdef ${secret.toUpperCase()}`, secret]) {
    expect(JSON.stringify(config({}, { VITRINE_KEYS: text }))).not.toContain(secret.slice(0, 16));
    expect(keysInEnvironment({ VITRINE_KEYS: text })).toBe(text);
  }
  expect(config({}, { VITRINE_KEYS: `/keys/${secret}` }).keysFile).toBe(`/keys/${secret}`);
});

test("an address is read with and without brackets", () => {
  expect(parseListen("[::1]:80")).toEqual({ host: "::1", port: 80 });
  expect(parseListen("127.0.0.1:0")).toEqual({ host: "127.0.0.1", port: 0 });
});

test("an address that is none names its own flag, and what would be one", () => {
  const refusal = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return error;
    }
  };
  const remedy = "Give HOST:PORT, as watch.example.com:7466; an IPv6 address in brackets: [::1]:7466.";
  expect(refusal(() => config({ "vantage-listen": "0.0.0.0" }))).toMatchObject({ place: "--vantage-listen", remedy });
  expect(refusal(() => parseListen("::1:99", "--at"))).toMatchObject({ place: "--at", remedy });
  expect(refusal(() => config({ listen: "x" }))).toMatchObject({ place: "--listen" });
});

test("a password is found in each place that is allowed, the nearest first", () => {
  const passwordFile = join(folder, "reader.pass");
  writeFileSync(passwordFile, "from-file\n", { mode: 0o600 });
  const connect = (environment: Record<string, string>): string =>
    new URL(sourceConnection({ sourceUrl: "postgres://u@h/d", passwordFile, environment })).password;
  expect(connect({ VITRINE_SOURCE_URL: "postgres://u:in-url@h/d", PGPASSWORD: "plain" })).toBe("in-url");
  // Of another server or user, which a flag overrides: not sent there.
  expect(connect({ VITRINE_SOURCE_URL: "postgres://u:in-url@other/d" })).toBe("from-file");
  expect(connect({ VITRINE_SOURCE_URL: "postgres://other:in-url@h/d" })).toBe("from-file");
  expect(connect({ PGPASSWORD: "plain" })).toBe("plain");
  expect(connect({})).toBe("from-file");
  writeFileSync(join(folder, "vitrine-source-password"), "from-systemd");
  expect(connect({ CREDENTIALS_DIRECTORY: folder })).toBe("from-systemd");
  chmodSync(passwordFile, 0o640);
  expect(codeOf(() => connect({}))).toBe("cli/credential-unprotected");
});

test("libpq's password file: wildcards, escapes, comments, first match", () => {
  const text = "#h:5432:d:u:no\nother:*:*:*:no\nh:5432:d:u:a\\:b\\\\c\n*:*:*:*:late\n";
  expect(passwordFor(text, new URL("postgres://u@h/d"))).toBe("a:b\\c");
  expect(passwordFor("h:1:d:u:x", new URL("postgres://u@h/d"))).toBeUndefined();
});
