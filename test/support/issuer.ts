/** A real authorisation server (oidc-provider) on loopback, and a browser of a few lines: cookies by host, redirects, forms. */
import type { AddressInfo } from "node:net";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

export interface Issuer extends AsyncDisposable {
  readonly url: string;
}

export interface Person {
  readonly groups: readonly string[] | string | undefined;
  readonly email: string | undefined;
  readonly email_verified?: boolean;
}

/** `people` by log-in name; any password does. `inUserinfo`: claims are given there and not in the ID token. */
export async function openIssuer(options: {
  readonly redirectUri: string;
  readonly people: Readonly<Record<string, Person>>;
  readonly clientSecret?: string;
  readonly inUserinfo?: boolean;
}): Promise<Issuer> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(url, {
    clients: [
      {
        client_id: "vitrine",
        redirect_uris: [options.redirectUri],
        grant_types: ["authorization_code"],
        response_types: ["code"],
        ...(options.clientSecret === undefined
          ? { token_endpoint_auth_method: "none" as const }
          : { client_secret: options.clientSecret, token_endpoint_auth_method: "client_secret_basic" as const }),
      },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["groups"] },
    conformIdTokenClaims: options.inUserinfo ?? false,
    cookies: { keys: ["only for this test"] },
    pkce: { required: () => true },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...options.people[id] }) }),
  });
  const answer = provider.callback();
  server.on("request", (request, response) => void answer(request, response));
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** What a test sends. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
}

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly body: string;
}

/** Keeps cookies per host and port, as a browser does with those of one path and no domain. */
export class SmallBrowser {
  readonly #jar = new Map<string, Map<string, string>>();

  cookies(url: string): ReadonlyMap<string, string> {
    return this.#jar.get(new URL(url).host) ?? new Map();
  }

  /** One request; redirects are not followed. */
  async request(url: string, init: Sent = {}): Promise<Response> {
    const { host } = new URL(url);
    const jar = this.#jar.get(host) ?? new Map<string, string>();
    this.#jar.set(host, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { ...init, redirect: "manual", headers: { ...init.headers, ...(cookie === "" ? {} : { cookie }) } });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";", 1);
      const at = pair.indexOf("=");
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === "" || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** As a person goes: follows redirects to the end. */
  async open(url: string, init: Sent = {}): Promise<Page> {
    let [at, sent]: [string, Sent] = [url, init];
    for (let steps = 0; steps < 20; steps++) {
      const response = await this.request(at, sent);
      const location = response.headers.get("location");
      if (location === null) return { url: at, status: response.status, body: await response.text() };
      at = new URL(location, at).href;
      sent = {};
      if (!at.startsWith("http")) break;
    }
    throw new Error("redirects without an end");
  }

  /** Logs in at the issuer: its form for the name, then its form for the consent. */
  async logIn(start: string, name: string): Promise<Page> {
    let page = await this.open(start);
    for (const fields of [{ prompt: "login", login: name, password: "any" }, { prompt: "consent" }]) {
      const action = /<form[^>]* action="([^"]+)"/.exec(page.body)?.[1];
      if (action === undefined) return page;
      const body = new URLSearchParams(fields);
      page = await this.open(new URL(action, page.url).href, { method: "POST", body });
    }
    return page;
  }
}
