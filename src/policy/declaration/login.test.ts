import { expect, test } from "vitest";
import { VitrineError } from "../../model/error.ts";
import type { LoginDeclaration } from "../declaration.ts";
import { parseDeclaration } from "../declaration.ts";

const rest = `version: 1
zone: UTC
unit: accounts
entities:
  accounts: { table: public.accounts, columns: { id: { is: identifier, take: token account } } }
`;
const oidc = { issuer: "https://id.example", client_id: "vitrine", roles: { viewer: ["staff"] } };

function read(login: object): LoginDeclaration | undefined {
  return parseDeclaration(`${rest}login: ${JSON.stringify(login)}\n`, "v.yaml").login;
}

function codeOf(login: object): string {
  try {
    read(login);
  } catch (error) {
    return error instanceof VitrineError ? error.code : "another error";
  }
  return "accepted";
}

test("what is not said has a default", () => {
  expect(read({ oidc })).toEqual({
    issuer: "https://id.example",
    clientId: "vitrine",
    scope: "openid profile email",
    roleClaim: "groups",
    nameClaim: "email",
    roles: { viewer: ["staff"] },
  });
  expect(read({})).toBeUndefined();
});

test("each role can be given", () => {
  const roles = { viewer: ["staff"], analyst: ["data-team"], responder: ["on-call"], admin: ["data-platform"] };
  expect(read({ oidc: { ...oidc, roles } })?.roles).toEqual(roles);
  expect(read({ oidc: { ...oidc, roles: { responder: ["on-call"] } } })?.roles).toEqual({ responder: ["on-call"] });
});

test("a log-in decides nothing about the copy", () => {
  const without = parseDeclaration(rest, "v.yaml").policyHash;
  expect(parseDeclaration(`${rest}login: ${JSON.stringify({ oidc })}\n`, "v.yaml").policyHash).toBe(without);
});

test.for([
  ["http elsewhere", { oidc: { ...oidc, issuer: "http://id.example" } }, "policy/login-insecure"],
  ["no address", { oidc: { ...oidc, issuer: "id.example" } }, "policy/login-insecure"],
  ["a password in the address", { oidc: { ...oidc, issuer: "https://a:b@id.example" } }, "policy/login-insecure"],
  ["http on this machine", { oidc: { ...oidc, issuer: "http://127.0.0.1:9000" } }, "accepted"],
  ["nobody", { oidc: { ...oidc, roles: {} } }, "policy/missing"],
  ["a role that there is not", { oidc: { ...oidc, roles: { owner: ["x"] } } }, "policy/unknown-word"],
  ["a secret in the file", { oidc: { ...oidc, client_secret: "x" } }, "policy/unknown-word"],
  ["another way", { saml: {} }, "policy/unknown-word"],
] as const)("%s", ([, login, code]) => expect(codeOf(login)).toBe(code));
