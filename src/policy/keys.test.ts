import { expect, test } from "vitest";
import { VitrineError } from "../model/error.ts";
import type { KeyFileAccess } from "./keys.ts";
import { formatKeys, keyFingerprint, keyFingerprints, loadKeys, makeKey, parseKeys } from "./keys.ts";

const counting = (start: number) => (bytes: number) => Uint8Array.from({ length: bytes }, (_, i) => (start + i) & 0xff);
const device = makeKey("device", counting(1));
const account = makeKey("account", counting(100));

function failure(
  work: () => unknown,
): { readonly code: string; readonly message: string; readonly place: string | undefined; readonly remedy: string } | undefined {
  try {
    work();
  } catch (error) {
    if (error instanceof VitrineError) return { code: error.code, message: error.message, place: error.place, remedy: error.remedy };
    throw error;
  }
  return undefined;
}

test("keys round-trip through their file, in order of space", () => {
  const text = formatKeys([device, account]);
  expect(text.split("\n")[1]).toMatch(/^account [0-9a-f]{8} [0-9a-f]{64}$/);
  expect([...parseKeys(text, "keys").values()]).toEqual([account, device]);
});

test("an environment variable holds the lines with `;` between", () => {
  const text = formatKeys([device, account]).split("\n").slice(1).join(";");
  expect([...parseKeys(text, "VITRINE_KEYS").keys()]).toEqual(["account", "device"]);
});

test.each([
  ["device 01020304 abc", "Line 1 of the key file is not `space key-id secret` (a name, 8 and 64 hexadecimal digits)."],
  [
    "# a\n\nDEVICE 01020304 " + "a".repeat(64),
    "Line 3 of the key file is not `space key-id secret` (a name, 8 and 64 hexadecimal digits).",
  ],
  [`${formatKeys([device])}${formatKeys([device])}`, "Line 4 of the key file names the space device a second time."],
])("a key file that is none names the line, not its content", (text, message) => {
  const error = failure(() => parseKeys(text, "keys"));
  expect(error?.code).toBe("policy/keys-invalid");
  expect(error?.message).toBe(message);
  expect(error?.message).not.toContain("abc");
});

test("a fingerprint names a secret and does not hold it", () => {
  const print = keyFingerprint(device);
  expect(print).toMatch(/^[0-9a-f]{16}$/);
  expect(print).not.toBe(keyFingerprint(account));
  expect(Buffer.from(device.secret).toString("hex")).not.toContain(print);
});

test("a space without a key is named", () => {
  expect(failure(() => keyFingerprints(parseKeys(formatKeys([device]), "keys"), ["device", "account", "model"], "/etc/keys"))).toEqual({
    code: "policy/keys-missing",
    message: "There is no key for the token spaces account, model.",
    place: "/etc/keys",
    remedy: "Make it: vitrine keys make",
  });
});

function access(mode: number | undefined, uid = 1000): KeyFileAccess {
  return {
    stat: async () => (mode === undefined ? undefined : { mode: 0o100_000 | mode, uid }),
    read: async () => formatKeys([device]),
    uid: 1000,
  };
}

async function loadFailure(given: KeyFileAccess): Promise<unknown> {
  return loadKeys("/k/keys", given).then(
    () => undefined,
    (error: unknown) => (error instanceof VitrineError ? [error.code, error.message, error.remedy] : error),
  );
}

test("a key file is loaded when it is its owner's alone", async () => {
  expect([...(await loadKeys("/k/keys", access(0o600))).keys()]).toEqual(["device"]);
  expect([...(await loadKeys("/k/keys", access(0o400))).keys()]).toEqual(["device"]);
});

test.each([
  [
    access(undefined),
    [
      "policy/keys-missing",
      "There is no key file.",
      "Bring it back from its backup, or make a new one (a mirror that is there is then built anew): vitrine keys make --keys /k/keys",
    ],
  ],
  [access(0o640), ["policy/keys-readable", "The key file may be read or written by others (mode 0640).", "chmod 600 /k/keys"]],
  [access(0o602), ["policy/keys-readable", "The key file may be read or written by others (mode 0602).", "chmod 600 /k/keys"]],
  [access(0o600, 1001), ["policy/keys-readable", "The key file belongs to another user.", 'chown "$(id -un)" /k/keys']],
])("a key file that is missing or open is refused", async (given, expected) => {
  expect(await loadFailure(given)).toEqual(expected);
});
