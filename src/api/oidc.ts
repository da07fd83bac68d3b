/**
 * Log-in of people by OpenID Connect: authorisation code with PKCE, state and nonce. The protocol's checks are openid-client's; here stand
 * the settings, which claim gives which role (none: no entry), and that an attempt belongs to one browser and is used once.
 */
import type * as OpenId from "openid-client";
import type { Role } from "./tokens.ts";
import { makeSecret, secretHash } from "./sessions.ts";

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
  | { readonly tag: "in"; readonly name: string; readonly role: Role; readonly returnTo: string }
  | { readonly tag: "refused" }
  | { readonly tag: "failed" };

interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly returnTo: string;
  readonly expiresAt: number;
}

interface Found {
  readonly client: typeof OpenId;
  readonly configuration: OpenId.Configuration;
}

const attemptMs = 600_000;
const attemptsMax = 1_000;
const requestSeconds = 5;
const nameMax = 120;
/** Strongest first. */
const byStrength: readonly Role[] = ["admin", "analyst", "viewer"];

export class OidcLogin {
  readonly #settings: OidcSettings;
  readonly #random: (count: number) => Uint8Array;
  readonly #attempts = new Map<string, Attempt>();
  #found: Found | undefined;

  constructor(settings: OidcSettings, random: (count: number) => Uint8Array) {
    this.#settings = settings;
    this.#random = random;
  }

  /** Where the browser goes, and the value of its attempt cookie. Undefined while the issuer does not answer. */
  async begin(options: {
    readonly redirectUri: string;
    readonly returnTo: string;
    readonly nowMs: number;
  }): Promise<{ readonly location: string; readonly cookie: string } | undefined> {
    const found = await this.#discover();
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
    const { secret, sha256 } = makeSecret(this.#random);
    this.#makeRoom(options.nowMs);
    const { redirectUri, returnTo } = options;
    this.#attempts.set(sha256, { state, nonce, verifier, redirectUri, returnTo, expiresAt: options.nowMs + attemptMs });
    return { location: location.href, cookie: secret };
  }

  /** `query`: as it came back, with its `?`. The attempt is over afterwards, whatever came of it. */
  async finish(options: { readonly cookie: string | undefined; readonly query: string; readonly nowMs: number }): Promise<OidcOutcome> {
    const { cookie, query, nowMs } = options;
    const hash = secretHash(cookie ?? "");
    const attempt = this.#attempts.get(hash);
    this.#attempts.delete(hash);
    const found = attempt === undefined || attempt.expiresAt <= nowMs ? undefined : await this.#discover();
    if (attempt === undefined || found === undefined) return { tag: "failed" };
    try {
      const claims = await exchange({ ...found, attempt, query });
      const role = roleOfClaims(claims, this.#settings);
      const name = nameOfClaims(claims, this.#settings);
      if (role === undefined || name === undefined) return { tag: "refused" };
      return { tag: "in", name, role, returnTo: attempt.returnTo };
    } catch {
      // The library's text may quote what came in; that it failed is all that is passed on.
      return { tag: "failed" };
    }
  }

  #makeRoom(nowMs: number): void {
    for (const [hash, { expiresAt }] of this.#attempts)
      if (expiresAt <= nowMs || this.#attempts.size >= attemptsMax) this.#attempts.delete(hash);
  }

  /** What the issuer says of itself is asked for once it is needed, and again until it answers. */
  async #discover(): Promise<Found | undefined> {
    if (this.#found !== undefined) return this.#found;
    const { issuer, clientId, clientSecret } = this.#settings;
    try {
      // Loaded only where it is used.
      const client = await import("openid-client");
      const url = new URL(issuer);
      const execute = url.protocol === "http:" && isLoopback(url.hostname) ? [client.allowInsecureRequests] : [];
      const how = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
      const configuration = await client.discovery(url, clientId, undefined, how, { execute, timeout: requestSeconds });
      this.#found = { client, configuration };
    } catch {
      return undefined;
    }
    return this.#found;
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

function nameOfClaims(claims: Claims, settings: Pick<OidcSettings, "nameClaim">): string | undefined {
  const claim = Object.hasOwn(claims, settings.nameClaim) ? claims[settings.nameClaim] : claims["sub"];
  if (typeof claim !== "string") return undefined;
  const name = claim.replaceAll(/[\p{Cc}\p{Cf}]/gu, "").slice(0, nameMax);
  return name === "" ? undefined : name;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
