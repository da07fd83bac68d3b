/**
 * Log-in of people by OpenID Connect: authorisation code with PKCE, state and nonce. The protocol's checks are openid-client's; here stand
 * the settings, which claim gives which role (none: no entry), and that an attempt belongs to one browser and is used once.
 */
import type * as OpenId from "openid-client";
import type { Role } from "./tokens.ts";
import { backoffMs } from "../lib/backoff.ts";
import type { Attempt } from "./oidc-attempts.ts";
import { Attempts } from "./oidc-attempts.ts";

export interface OidcSettings {
  /** https, or http on loopback. */
  readonly issuer: string;
  readonly clientId: string;
  /** undefined: a public client, held by PKCE alone. */
  readonly clientSecret: string | undefined;
  readonly scope: string;
  /** Claim that says what somebody may: a text or a list of texts. */
  readonly roleClaim: string;
  /** Values of that claim, by role. The strongest role that fits is given. */
  readonly roles: Readonly<Partial<Record<Role, readonly string[]>>>;
  /** Claim that names the person in the audit log. */
  readonly nameClaim: string;
}

/** refused: the person is known there and has no role here. failed: anything else; which, is not for the browser. */
export type OidcOutcome =
  | { readonly tag: "in"; readonly name: string; readonly subject: string; readonly role: Role; readonly returnTo: string }
  | { readonly tag: "refused" }
  | { readonly tag: "failed" };

interface Found {
  readonly client: typeof OpenId;
  readonly configuration: OpenId.Configuration;
}

const attemptMs = 600_000;
const requestSeconds = 5;
/** After an attempt to reach the issuer began that failed; longer than it may take. Anybody may make us try. */
const [retryFirstMs, retryMaxMs] = [10_000, 60_000];
const nameMax = 120;
/** OpenID Connect Core 1.0, 2: a subject has at most 255 characters. */
const subjectMax = 255;
/** Strongest first. */
const byStrength: readonly Role[] = ["admin", "responder", "analyst", "viewer"];

export class OidcLogin {
  readonly #settings: OidcSettings;
  readonly #attempts: Attempts;
  #found: Found | undefined;
  /** All who come meanwhile wait for the one. */
  #looking: Promise<Found | undefined> | undefined;
  #failures = 0;
  #retryAtMs = 0;

  constructor(settings: OidcSettings, random: (count: number) => Uint8Array) {
    this.#settings = settings;
    this.#attempts = new Attempts(random);
  }

  /** Where the browser goes, and the value of its attempt cookie. Undefined while the issuer does not answer. */
  async begin(options: {
    readonly redirectUri: string;
    readonly returnTo: string;
    readonly nowMs: number;
  }): Promise<{ readonly location: string; readonly cookie: string } | undefined> {
    const found = await this.#discover(options.nowMs);
    if (found === undefined) return undefined;
    const { client, configuration } = found;
    const verifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const location = client.buildAuthorizationUrl(configuration, {
      redirect_uri: options.redirectUri,
      response_type: "code",
      scope: this.#settings.scope,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
    });
    const { redirectUri, returnTo } = options;
    const cookie = this.#attempts.seal({ state, nonce, verifier, redirectUri, returnTo, expiresAt: options.nowMs + attemptMs });
    return { location: location.href, cookie };
  }

  /** `query`: as it came back, with its `?`. The attempt is over afterwards, whatever came of it. */
  async finish(options: { readonly cookie: string | undefined; readonly query: string; readonly nowMs: number }): Promise<OidcOutcome> {
    const { cookie, query, nowMs } = options;
    const attempt = this.#attempts.end(cookie, nowMs);
    const found = attempt === undefined ? undefined : await this.#discover(nowMs);
    if (attempt === undefined || found === undefined) return { tag: "failed" };
    try {
      const claims = await exchange({ ...found, attempt, query });
      const role = roleOfClaims(claims, this.#settings);
      const [name, subject] = [nameOfClaims(claims, this.#settings), visible(claims["sub"], subjectMax)];
      if (role === undefined || name === undefined || subject === undefined) return { tag: "refused" };
      return { tag: "in", name, subject, role, returnTo: attempt.returnTo };
    } catch {
      // The library's text may quote what came in; that it failed is all that is passed on.
      return { tag: "failed" };
    }
  }

  /** What the issuer says of itself is asked for once it is needed, by one request at a time, and again, more and more seldom, until it answers. */
  async #discover(nowMs: number): Promise<Found | undefined> {
    if (this.#found !== undefined) return this.#found;
    if (this.#looking !== undefined) return this.#looking;
    if (nowMs < this.#retryAtMs) return undefined;
    this.#looking = this.#look();
    this.#found = await this.#looking;
    this.#looking = undefined;
    this.#retryAtMs = nowMs + backoffMs({ attempt: this.#failures, firstMs: retryFirstMs, maxMs: retryMaxMs, random: () => 1 });
    this.#failures += 1;
    return this.#found;
  }

  async #look(): Promise<Found | undefined> {
    const { issuer, clientId, clientSecret } = this.#settings;
    try {
      // Loaded only where it is used.
      const client = await import("openid-client");
      const url = new URL(issuer);
      const execute = url.protocol === "http:" && isLoopback(url.hostname) ? [client.allowInsecureRequests] : [];
      const how = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
      const configuration = await client.discovery(url, clientId, undefined, how, { execute, timeout: requestSeconds });
      return { client, configuration };
    } catch {
      return undefined;
    }
  }
}

type Claims = Readonly<Record<string, unknown>>;

async function exchange(options: {
  readonly client: typeof OpenId;
  readonly configuration: OpenId.Configuration;
  readonly attempt: Attempt;
  readonly query: string;
}): Promise<Claims> {
  const { client, configuration, attempt, query } = options;
  const url = new URL(attempt.redirectUri);
  url.search = query;
  const tokens = await client.authorizationCodeGrant(configuration, url, {
    pkceCodeVerifier: attempt.verifier,
    expectedState: attempt.state,
    expectedNonce: attempt.nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims();
  if (claims === undefined) throw new Error("bug: an ID token without claims");
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
  // Many issuers put groups there alone.
  const more = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
  return { ...more, ...claims };
}

/** The strongest role that one of the claim's texts gives; undefined: none. */
export function roleOfClaims(claims: Claims, settings: Pick<OidcSettings, "roleClaim" | "roles">): Role | undefined {
  const claim = Object.hasOwn(claims, settings.roleClaim) ? claims[settings.roleClaim] : undefined;
  const texts: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return byStrength.find((role) => settings.roles[role]?.some((wanted) => texts.includes(wanted)) ?? false);
}

/** An address that the issuer calls unverified names nobody: whoever typed it in could have typed another's. The subject stands for it. */
function nameOfClaims(claims: Claims, { nameClaim }: Pick<OidcSettings, "nameClaim">): string | undefined {
  const isUnverified = nameClaim === "email" && Object.hasOwn(claims, "email_verified") && claims["email_verified"] !== true;
  const claim = Object.hasOwn(claims, nameClaim) && !isUnverified ? claims[nameClaim] : claims["sub"];
  return visible(claim, nameMax);
}

/** Without what cannot be seen, or turns what stands beside it around. */
function visible(claim: unknown, max: number): string | undefined {
  if (typeof claim !== "string") return undefined;
  const text = claim.replaceAll(/[\p{Cc}\p{Cf}]/gu, "").slice(0, max);
  return text === "" ? undefined : text;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
