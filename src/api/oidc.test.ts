import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { OidcLogin } from "./oidc.ts";

const settings = { clientId: "vitrine", clientSecret: undefined, scope: "openid", roleClaim: "groups", nameClaim: "email", roles: {} };

test("an issuer that is away is asked once for all who come, and then more and more seldom", async () => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    setTimeout(() => response.writeHead(503).end(), 20);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const issuerUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const login = new OidcLogin({ ...settings, issuer: issuerUrl }, (count) => randomBytes(count));
  const begin = async (at: number) => login.begin({ redirectUri: "http://127.0.0.1/callback", returnTo: "", nowMs: at });
  expect(await Promise.all(Array.from({ length: 60 }, async () => begin(0)))).toEqual(Array.from({ length: 60 }));
  const after: number[] = [];
  for (const at of [0, 9_999, 10_000, 29_999, 30_000, 69_999, 70_000, 129_999, 130_000]) {
    await begin(at);
    after.push(asked);
  }
  expect(after).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5]);
  await new Promise((done) => server.close(done));
});
