/** People's log-in against a real authorisation server: what a session may, and each way in that must stay shut. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SessionReport } from "../../src/api/contract.ts";
import type { OidcSettings } from "../../src/api/oidc.ts";
import { roleOfClaims } from "../../src/api/oidc.ts";
import { LinkCodes, secretHash, Sessions } from "../../src/api/sessions.ts";
import { createApi } from "../../src/api/server.ts";
import type { FakeBackend } from "../support/fake-backend.ts";
import { fakeBackend, noPeople } from "../support/fake-backend.ts";
import type { Issuer } from "../support/issuer.ts";
import { openIssuer, SmallBrowser } from "../support/issuer.ts";

const people = {
  ann: { groups: ["staff", "analytics"], email: "ann@example.com", email_verified: true },
  bob: { groups: "staff", email: "bob@example.com" },
  mallory: { groups: ["staff"], email: "ann@example.com", email_verified: false },
  eve: { groups: ["visitors"], email: "eve@example.com" },
};
const callback = "/v1/login/oidc/callback";

let folder: string;
let app: FastifyInstance;
let issuer: Issuer | undefined;
let backend: FakeBackend;
let url: string;
let nowMs: number;
const codes = new LinkCodes();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vitrine-page-"));
  await mkdir(join(folder, "assets"));
  await writeFile(join(folder, "index.html"), "<!doctype html><title>page</title>");
  nowMs = Date.now();
});
afterEach(async () => {
  await app.close();
  await issuer?.[Symbol.asyncDispose]();
  issuer = undefined;
  await rm(folder, { recursive: true });
});

/** The port is had first: the issuer must know where it may send people back to. */
async function open(
  options: { readonly clientSecret?: string; readonly inUserinfo?: boolean; readonly withoutIssuer?: boolean } = {},
): Promise<void> {
  backend = fakeBackend({ redeemCode: async (sha256) => codes.redeem(sha256, nowMs) });
  const oidc: { issuer: string } & Omit<OidcSettings, "issuer"> = {
    issuer: "http://127.0.0.1:9",
    clientId: "vitrine",
    clientSecret: options.clientSecret,
    scope: "openid profile email",
    roleClaim: "groups",
    nameClaim: "email",
    roles: { viewer: ["staff"], analyst: ["analytics"] },
  };
  const { random } = noPeople();
  app = await createApi({
    backend,
    hosts: [],
    tokens: () => [],
    sessions: new Sessions([]),
    random,
    version: "0.1.0",
    webFolder: folder,
    oidc,
    nowMs: () => nowMs,
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  if (options.withoutIssuer === true) return;
  issuer = await openIssuer({ redirectUri: `${url}${callback}`, people, ...options });
  oidc.issuer = issuer.url;
}

async function sessionOf(browser: SmallBrowser): Promise<SessionReport> {
  return (await browser.request(`${url}/v1/session`)).json() as Promise<SessionReport>;
}

async function post(
  browser: SmallBrowser,
  path: string,
  { body, origin = url }: { body?: object; origin?: string | null } = {},
): Promise<Response> {
  const headers = { ...(origin === null ? {} : { origin }), ...(body === undefined ? {} : { "content-type": "application/json" }) };
  return browser.request(`${url}${path}`, { method: "POST", headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
}

describe("OpenID Connect", () => {
  for (const [name, options] of Object.entries({
    "a public client, claims in the ID token": {},
    "a client with a secret, claims at the userinfo endpoint": { clientSecret: "a secret of the client", inUserinfo: true },
  })) {
    test(`a person comes in with the strongest role of the claim: ${name}`, async () => {
      await open(options);
      const browser = new SmallBrowser();
      expect(await sessionOf(browser)).toEqual({ signedIn: false, login: ["oidc", "code"] });
      const page = await browser.logIn(`${url}/v1/login/oidc?to=${encodeURIComponent("?page=metric&metric=activations")}`, "ann");
      expect([page.url, page.status]).toEqual([`${url}/?page=metric&metric=activations`, 200]);
      expect(await sessionOf(browser)).toMatchObject({ signedIn: true, name: "ann@example.com", role: "analyst" });
      expect((await browser.request(`${url}/v1/metrics`)).status).toBe(200);
      expect((await browser.request(`${url}/v1/audit`)).status).toBe(403);
    });
  }

  test("a viewer does not see what an analyst sees, and who saw it stands in the audit log by name", async () => {
    await open();
    const [ann, bob] = [new SmallBrowser(), new SmallBrowser()];
    await ann.logIn(`${url}/v1/login/oidc`, "ann");
    await bob.logIn(`${url}/v1/login/oidc`, "bob");
    const ask = async (browser: SmallBrowser, query: string) => (await browser.request(`${url}/v1/metrics/activations${query}`)).status;
    expect([await ask(bob, ""), await ask(bob, "?reason=curious"), await ask(ann, ""), await ask(ann, "?reason=ticket%207")]).toEqual([
      200, 403, 200, 200,
    ]);
    expect(backend.questions.map(({ rights }) => rights)).toEqual([
      { facts: false, audience: "viewer" },
      { facts: false, audience: "viewer" },
      {
        facts: true,
        audience: "analyst",
        audit: { name: "ann@example.com", subject: "ann", role: "analyst", via: "session", reason: "ticket 7" },
      },
    ]);
  });

  test("who has no role here does not come in", async () => {
    await open();
    const browser = new SmallBrowser();
    expect((await browser.logIn(`${url}/v1/login/oidc`, "eve")).url).toBe(`${url}/#login=refused`);
    expect([await sessionOf(browser), backend.opened]).toEqual([{ signedIn: false, login: ["oidc", "code"] }, []]);
  });

  test("an issuer that is away", async () => {
    await open({ withoutIssuer: true });
    expect((await new SmallBrowser().open(`${url}/v1/login/oidc`)).url).toBe(`${url}/#login=failed`);
  });

  /** Stops before the code is exchanged; gives the address at which that would be done. */
  async function codeFor(browser: SmallBrowser): Promise<string> {
    let landed = "";
    const original = browser.request.bind(browser);
    browser.request = async (at, init) => {
      if (!at.startsWith(`${url}${callback}`)) return original(at, init);
      landed = at;
      return new Response("stopped");
    };
    await browser.logIn(`${url}/v1/login/oidc`, "ann");
    browser.request = original;
    expect(landed).toContain("code=");
    return landed;
  }

  const location = async (browser: SmallBrowser, at: string) => (await browser.request(at)).headers.get("location");

  test("a code is of no use in another browser", async () => {
    await open();
    const at = await codeFor(new SmallBrowser());
    expect(await location(new SmallBrowser(), at)).toBe("/#login=failed");
  });

  test("another state, another issuer's name, or none", async () => {
    await open();
    for (const change of [
      (at: string) => at.replace(/state=[^&]+/, "state=x"),
      (at: string) => at.replace(/&?state=[^&]+/, ""),
      (at: string) => at.replace(/iss=[^&]+/, "iss=https%3A%2F%2Fevil.example"),
    ]) {
      const browser = new SmallBrowser();
      const at = await codeFor(browser);
      expect(change(at)).not.toBe(at);
      expect(await location(browser, change(at))).toBe("/#login=failed");
      // The attempt is over, also for the right address.
      expect(await location(browser, at)).toBe("/#login=failed");
    }
  });

  test("an attempt that was left lying", async () => {
    await open();
    const browser = new SmallBrowser();
    const at = await codeFor(browser);
    nowMs += 601_000;
    expect(await location(browser, at)).toBe("/#login=failed");
  });

  test("thousands of attempts of nobody drive out none of a person's, and keep nobody out", { timeout: 60_000 }, async () => {
    await open();
    const browser = new SmallBrowser();
    const at = await codeFor(browser);
    for (let round = 0; round < 30; round++) {
      const others = await Promise.all(Array.from({ length: 40 }, async () => new SmallBrowser().request(`${url}/v1/login/oidc`)));
      expect(new Set(others.map(({ status }) => status))).toEqual(new Set([303]));
    }
    expect(await location(browser, at)).toBe("/");
    expect((await sessionOf(browser)).signedIn).toBe(true);
  });

  test("an address that the issuer calls unverified is nobody's name; whose session it is stands beside each name", async () => {
    await open();
    for (const who of ["ann", "mallory", "bob"]) await new SmallBrowser().logIn(`${url}/v1/login/oidc`, who);
    expect(backend.opened.map(({ name, subject }) => [name, subject])).toEqual([
      ["ann@example.com", "ann"],
      ["mallory", "mallory"],
      ["bob@example.com", "bob"],
    ]);
  });

  test("a way back that leads elsewhere is refused", async () => {
    await open();
    for (const to of ["//evil.example", "https://evil.example", "/\\evil.example", "?a\r\nSet-Cookie: x=1", "?a#b", "@evil.example"])
      expect((await new SmallBrowser().request(`${url}/v1/login/oidc?to=${encodeURIComponent(to)}`)).status).toBe(400);
  });

  test.for([
    [["admins", "staff"], "admin"],
    ["staff", "viewer"],
    [["staff", "on-call"], "responder"],
    [["admins", "on-call"], "admin"],
    [[], undefined],
    [undefined, undefined],
    [{ admins: true }, undefined],
    [["ADMINS"], undefined],
    ["admins,staff", undefined],
  ] as const)("the claim %j gives %s", ([claim, role]) => {
    const settings = { roleClaim: "groups", roles: { admin: ["admins"], responder: ["on-call"], viewer: ["staff"] } };
    expect(roleOfClaims({ groups: claim }, settings)).toBe(role);
  });

  test("a claim by the name of a method of every object gives nothing", () => {
    expect(roleOfClaims({}, { roleClaim: "constructor", roles: { admin: ["x"] } })).toBeUndefined();
  });
});

describe("a printed link", () => {
  const make = (role: "viewer" | "admin" = "admin"): string =>
    codes.make({ name: "owner", role, expiresAt: nowMs + 60_000, random: noPeople().random });

  test("its code is exchanged once, for a cookie that no script reads", async () => {
    await open();
    const [browser, code] = [new SmallBrowser(), make()];
    const response = await post(browser, "/v1/session", { body: { code } });
    expect([response.status, await response.json()]).toMatchObject([200, { signedIn: true, name: "owner", role: "admin" }]);
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^vitrine=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=43200$/),
    ]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect((await browser.request(`${url}/v1/audit`)).status).toBe(200);
    const again = await post(new SmallBrowser(), "/v1/session", { body: { code } });
    expect([again.status, ((await again.json()) as { code: string }).code]).toEqual([403, "api/code-refused"]);
  });

  test("only the cookie's hash is kept", async () => {
    await open();
    const browser = new SmallBrowser();
    await post(browser, "/v1/session", { body: { code: make() } });
    const cookie = browser.cookies(url).get("vitrine") ?? "";
    expect(backend.opened[0]?.sha256).toBe(secretHash(cookie));
    expect(JSON.stringify(backend.opened)).not.toContain(cookie);
  });

  test("too late", async () => {
    await open();
    const code = make();
    nowMs += 60_000;
    expect((await post(new SmallBrowser(), "/v1/session", { body: { code } })).status).toBe(403);
  });

  for (const [name, origin] of Object.entries({
    none: null,
    "another site": "https://evil.example",
    "another port": "http://127.0.0.1:1",
    null: "null",
  })) {
    test(`a POST from ${name} is refused, and the code is not spent`, async () => {
      await open();
      const code = make();
      for (const path of ["/v1/session", "/v1/session/end"])
        expect((await post(new SmallBrowser(), path, { body: { code }, origin })).status).toBe(403);
      expect((await post(new SmallBrowser(), "/v1/session", { body: { code } })).status).toBe(200);
    });
  }

  test("what is no code, or not JSON", async () => {
    await open();
    for (const body of [{}, { code: "" }, { code: 5 }, { code: "A".repeat(44) }, { code: ["A".repeat(43)] }])
      expect((await post(new SmallBrowser(), "/v1/session", { body })).status).toBe(400);
    const form = await fetch(`${url}/v1/session`, {
      method: "POST",
      headers: { origin: url },
      body: new URLSearchParams({ code: make() }),
    });
    const text = await fetch(`${url}/v1/session`, { method: "POST", headers: { origin: url, "content-type": "text/plain" }, body: "{}" });
    expect([form.status, text.status]).toEqual([415, 415]);
  });

  test("log-out ends the session here, not only in the browser", async () => {
    await open();
    const browser = new SmallBrowser();
    await post(browser, "/v1/session", { body: { code: make() } });
    const cookie = browser.cookies(url).get("vitrine");
    expect((await post(browser, "/v1/session/end")).status).toBe(200);
    expect(browser.cookies(url).has("vitrine")).toBe(false);
    expect(backend.ended).toEqual([secretHash(cookie ?? "")]);
    expect((await fetch(`${url}/v1/metrics`, { headers: { cookie: `vitrine=${cookie}` } })).status).toBe(401);
  });

  test("a session ends by itself", async () => {
    await open();
    const browser = new SmallBrowser();
    await post(browser, "/v1/session", { body: { code: make() } });
    nowMs += 12 * 3_600_000;
    expect((await browser.request(`${url}/v1/metrics`)).status).toBe(401);
  });

  test("who logs in anew leaves the old session behind", async () => {
    await open();
    const browser = new SmallBrowser();
    await post(browser, "/v1/session", { body: { code: make("viewer") } });
    const before = browser.cookies(url).get("vitrine");
    await post(browser, "/v1/session", { body: { code: make() } });
    expect((await fetch(`${url}/v1/metrics`, { headers: { cookie: `vitrine=${before}` } })).status).toBe(401);
  });

  test("a wrong token is not made good by a cookie, nor one cookie by another of its name", async () => {
    await open();
    const browser = new SmallBrowser();
    await post(browser, "/v1/session", { body: { code: make() } });
    const cookie = `vitrine=${browser.cookies(url).get("vitrine")}`;
    const ask = async (headers: Record<string, string>) => (await fetch(`${url}/v1/metrics`, { headers })).status;
    expect([
      await ask({ cookie }),
      await ask({ cookie, authorization: "Bearer no" }),
      await ask({ cookie: `vitrine=x; ${cookie}` }),
    ]).toEqual([200, 401, 401]);
  });
});

describe("the page", () => {
  const navigation = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

  test("a link in a chat opens it; the same site may not ask for numbers, and nobody may frame it", async () => {
    await open({ withoutIssuer: true });
    const ask = async (path: string, headers: Record<string, string>) =>
      (await app.inject({ url: path, headers: { host: "127.0.0.1", ...headers } })).statusCode;
    expect(await ask("/?page=metric&metric=activations", navigation)).toBe(200);
    expect(await ask("/v1/metrics", navigation)).toBe(403);
    expect(await ask("/", { ...navigation, "sec-fetch-dest": "iframe" })).toBe(403);
    expect(await ask("/", { ...navigation, "sec-fetch-mode": "no-cors" })).toBe(403);
  });

  test("its policy lets in no script but its own files", async () => {
    await open({ withoutIssuer: true });
    const { headers } = await app.inject({ url: "/", headers: { host: "127.0.0.1" } });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  for (const path of [
    "/assets/../index.html",
    "/assets/..%2findex.html",
    "/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/assets/.%00js",
    "/assets/",
    "/index.html",
    "//etc/passwd",
  ]) {
    test(`there is no ${path}`, async () => {
      await open({ withoutIssuer: true });
      const { statusCode, body } = await app.inject({ url: path, headers: { host: "127.0.0.1" } });
      expect([400, 401, 404]).toContain(statusCode);
      expect(body).not.toMatch(/root:|<title>/);
    });
  }
});
