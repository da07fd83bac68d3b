import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { VitrineError } from "../../../model/error.ts";
import { receiversOf } from "./receivers.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-receivers-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const routingKey = "0123456789abcdef0123456789abcdef";

function put(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

function receivers(settings: Partial<Parameters<typeof receiversOf>[0]>) {
  const none = { webhookSecretFile: join(folder, "no-secret"), pagerDutyKeyFile: join(folder, "no-key") };
  return Object.keys(receiversOf({ webhook: undefined, pagerDuty: undefined, ...none, ...settings }));
}

test("what is set up is there, and nothing else", () => {
  const webhookSecretFile = put("secret", `${secret}\n`);
  const pagerDutyKeyFile = put("key", `${routingKey}\n`);
  expect(receivers({})).toEqual([]);
  expect(receivers({ webhookSecretFile })).toEqual([]);
  expect(receivers({ webhook: "https://hooks.example.com/x", webhookSecretFile })).toEqual(["webhook"]);
  expect(receivers({ pagerDutyKeyFile })).toEqual(["pagerduty"]);
  expect(receivers({ webhook: "http://[::1]:9/x", webhookSecretFile, pagerDuty: "http://127.0.0.1:9", pagerDutyKeyFile })).toHaveLength(2);
});

test.each(["http://hooks.example.com", "hooks.example.com", "ftp://127.0.0.1", "https://ann:hunter2@hooks.example.com"])(
  "the address %s is refused, and not repeated",
  (webhook) => {
    const refused = refusal(() => receivers({ webhook, webhookSecretFile: put("secret", secret) }));
    expect(refused).toMatchObject({ code: "guard/receiver", place: "--webhook" });
    expect(`${refused.message} ${refused.remedy}`).not.toContain("hunter2");
  },
);

test.each(["", "whsec_", "whsec_c2hvcnQ=", secret.slice(6), `whsec_${Buffer.alloc(65).toString("base64")}`])(
  "a secret that is none is refused, and not repeated: %#",
  (text) => {
    const file = put("secret", text);
    const refused = refusal(() => receivers({ webhook: "https://h.example", webhookSecretFile: file }));
    expect(refused).toMatchObject({ code: "guard/receiver", place: file });
    if (text !== "" && text !== "whsec_") expect(refused.message).not.toContain(text);
  },
);

test("without its file, with one that others can read, and with what is no routing key", () => {
  const webhook = "https://h.example";
  expect(refusal(() => receivers({ webhook }))).toMatchObject({ code: "guard/receiver", place: join(folder, "no-secret") });
  const file = put("secret", secret);
  chmodSync(file, 0o640);
  expect(refusal(() => receivers({ webhook, webhookSecretFile: file })).code).toBe("cli/credential-unprotected");
  expect(refusal(() => receivers({ pagerDuty: "https://p.example" }))).toMatchObject({ place: join(folder, "no-key") });
  expect(refusal(() => receivers({ pagerDutyKeyFile: put("key", "short") })).code).toBe("guard/receiver");
});

function refusal(work: () => unknown): VitrineError {
  try {
    work();
  } catch (error) {
    if (error instanceof VitrineError) return error;
    throw error;
  }
  throw new Error("it was taken");
}
