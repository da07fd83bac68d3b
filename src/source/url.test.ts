import { expect, test } from "vitest";
import { VitrineError } from "../model/error.ts";
import { describeAddress, isLoopback, parseSourceUrl } from "./url.ts";

const full = {
  host: "db.example.org",
  port: 5432,
  database: "shop",
  user: "ann",
  password: undefined,
  tls: "verify-full",
  rootCertificatePath: undefined,
};

test.each([
  ["postgres://ann@db.example.org/shop", full],
  [
    "postgresql://ann:p%40ss@db.example.org:6432/shop?sslmode=verify-ca&sslrootcert=/ca.pem",
    { ...full, port: 6432, password: "p@ss", tls: "verify-ca", rootCertificatePath: "/ca.pem" },
  ],
  ["postgres://ann@127.0.0.1/shop", { ...full, host: "127.0.0.1", tls: "off" }],
  ["postgres://ann@[::1]:1/shop", { ...full, host: "::1", port: 1, tls: "off" }],
  ["postgres://ann@[2001:db8::1]/shop", { ...full, host: "2001:db8::1" }],
  ["postgres://ann@localhost/shop?sslmode=verify-full", { ...full, host: "localhost" }],
  ["postgres://ann@db.example.org/shop?sslmode=disable", { ...full, tls: "off" }],
  ["postgres://ann@db.example.org/shop?sslmode=require", { ...full, tls: "encrypted" }],
  ["postgres://ann@/shop?host=/var/run/postgresql", { ...full, host: "/var/run/postgresql", tls: "off" }],
])("%s", (text, address) => {
  expect(parseSourceUrl(text)).toEqual(address);
});

test.each([
  ["", "does not begin with postgres:// or postgresql://"],
  ["mysql://canary@h/d", "does not begin with postgres:// or postgresql://"],
  ["postgres://ann:canary@h:x/d", "does not parse (are special characters of the password percent-encoded?)"],
  ["postgres://ann:can#ary@h/d", "has a `#` in it (percent-encode it as %23)"],
  ["postgres://ann:canary@/d", "names no host"],
  ["postgres://:canary@h/d", "names no user"],
  ["postgres://ann:canary@h", "names no database"],
  ["postgres://ann:canary@h/d/e", "names more than a database after the host"],
  ["postgres://ann:%zz@h/d", "has a password that is not percent-encoded rightly"],
  ["postgres://ann@h/d?canary=1", "has a parameter that is not known (known: sslmode, sslrootcert, host)"],
  ["postgres://ann@h/d?sslmode=canary", "has an sslmode that is none of disable, require, verify-ca, verify-full"],
  ["postgres://ann@h/d?sslmode=toString", "has an sslmode that is none of disable, require, verify-ca, verify-full"],
  ["postgres://ann@h/d?sslmode=require&sslmode=disable", "says sslmode twice"],
])("refused without a quotation: %s", (text, what) => {
  let error: unknown;
  try {
    parseSourceUrl(text);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(VitrineError);
  expect(error).toMatchObject({
    code: "source/url-invalid",
    message: `The source's URL ${what}. Its shape: postgres://user@host:5432/database?sslmode=verify-full`,
  });
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toMatch(/canary|can#ary/);
});

test("loopback is what does not leave the machine", () => {
  expect(["127.0.0.1", "127.9.9.9", "::1", "localhost", "/run"].map(isLoopback)).toEqual([true, true, true, true, true]);
  expect(["127.0.0.1.example.org", "10.0.0.1", "localhost.example.org"].map(isLoopback)).toEqual([false, false, false]);
});

test("an address is told without its password", () => {
  expect(describeAddress(parseSourceUrl("postgres://ann:canary@[::1]:7/shop"))).toBe("ann@[::1]:7/shop");
});
