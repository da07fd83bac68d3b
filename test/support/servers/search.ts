/** Elasticsearch and OpenSearch: open, closed, and the three states in which banner and data say different things. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Seen } from "../../../src/guard/ladder.ts";
import { makeCertificate } from "../certificate.ts";
import type { Distribution } from "./distributions.ts";
import { homeWithSecurity } from "./distributions.ts";
import type { Fixture, Running } from "./fixture.ts";
import { theOne } from "./one-at-a-time.ts";
import type { Node, NodeOptions } from "./search-node.ts";
import { passwordHash, startNode, userName } from "./search-node.ts";

type Start = Fixture["start"];

interface Case {
  readonly key: string;
  readonly node: NodeOptions;
  readonly expected: Seen;
  /** Of the URL; default: all indices. */
  readonly names?: string;
  /** What the fixture is about: statuses without a login that must be so, or it shows nothing. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly holds?: readonly string[];
  readonly isPlanted?: true;
}

async function running({ key, node: options, expected, names = "", statuses, holds, isPlanted }: Case): Promise<Running> {
  const { distribution } = options;
  const node = await theOne(`${distribution} ${key}`, () => startNode(options));
  await mustSay(node, statuses);
  if (isPlanted === true) await node.plant();
  return {
    ...(holds === undefined ? {} : { holds }),
    ownLog: node.ownLog(),
    url: `${distribution.startsWith("elastic") ? "elasticsearch" : "opensearch"}://127.0.0.1:${node.port}/${names}`,
    title: distribution.startsWith("elastic") ? "Elasticsearch" : "OpenSearch",
    version: node.version,
    evidence: "vendor",
    expected,
    // It goes with the next one that is started, or at the end (endTheOne).
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function mustSay(node: Node, statuses: Readonly<Record<string, number>>): Promise<void> {
  for (const [path, status] of Object.entries(statuses)) {
    const said = await node.status(path);
    if (said !== status) throw new Error(`the fixture is not what it should be: ${path} answers ${said}, not ${status}`);
  }
}

/** Without a module of its own for it, as in the makers' test distributions since 8: `/` says 405, and all data is open. */
const hasNoBanner = (distribution: Distribution): boolean => /^elasticsearch-[89]/.test(distribution);

const open = (distribution: Distribution): Case => ({
  key: "open",
  node: { distribution, settings: distribution.startsWith("elastic") ? { "xpack.security.enabled": "false" } : {} },
  expected: "counts-readable",
  statuses: { "/": hasNoBanner(distribution) ? 405 : 200, "/users/_count": 200 },
});

export const searchOpen =
  (distribution: Distribution): Start =>
  () =>
    running(open(distribution));

export const searchOpenByName =
  (distribution: Distribution): Start =>
  () =>
    running({
      ...open(distribution),
      names: "users",
      holds: [
        "users: 2 records of an unknown number of persons. By the names of fields, at least:",
        // OpenSearch does not note what is too long for its index.
        `${distribution.startsWith("opensearch") ? "an unknown number" : "1"} with integration tokens`,
        "2 with e-mail addresses",
        "The declaration allows none of these there.",
      ],
    });

/** The last of the open ones: what is planted stays in the node. */
export const searchOpenPlanted =
  (distribution: Distribution): Start =>
  () =>
    running({ ...open(distribution), expected: "data-readable", isPlanted: true });

/** A name that there is not: the node looked for it all the same. */
export const searchOpenNoSuchIndex =
  (distribution: Distribution): Start =>
  () =>
    running({ ...open(distribution), names: "nosuchindex", expected: "schema-readable", statuses: { "/nosuchindex/_count": 404 } });

/** A login is asked for on `/` alone. */
export const searchHalfOpenProxy =
  (distribution: Distribution): Start =>
  async (): Promise<Running> => {
    const node = await running(open(distribution));
    const behind = Number(new URL(node.url).port);
    const proxy = createServer((incoming, outgoing) => {
      if (incoming.url === "/") {
        outgoing.writeHead(401, { "www-authenticate": "Basic" }).end();
        return;
      }
      const onward = request({ host: "127.0.0.1", port: behind, path: incoming.url, method: incoming.method, agent: false }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.writeHead(502).end());
      incoming.pipe(onward);
    });
    proxy.listen(0, "127.0.0.1");
    await new Promise((resolve) => proxy.once("listening", resolve));
    return {
      ...node,
      url: node.url.replace(`:${behind}`, `:${(proxy.address() as AddressInfo).port}`),
      async [Symbol.asyncDispose]() {
        proxy.closeAllConnections();
        await new Promise((resolve) => proxy.close(resolve));
      },
    };
  };

const elasticSecurity = { "xpack.security.enabled": "true", "xpack.security.transport.ssl.enabled": "false" };
const elasticUsers = { users: `${userName}:$2a${passwordHash}\n`, users_roles: `superuser:${userName}\n` };

export const elasticsearchClosed =
  (distribution: Distribution): Start =>
  () =>
    running({
      key: "closed",
      node: { distribution, settings: elasticSecurity, files: elasticUsers, hasLogin: true },
      expected: "auth-required",
      statuses: { "/users/_count": 401, "/_cluster/health": 401 },
    });

/** Security is on, what the anonymous role may not is answered with 401, and one index is readable. */
export const elasticsearchAnonymous =
  (distribution: Distribution): Start =>
  () =>
    running({
      key: "anonymous",
      node: {
        distribution,
        settings: {
          ...elasticSecurity,
          "xpack.security.authc.anonymous.username": "anybody",
          "xpack.security.authc.anonymous.roles": "reader",
          "xpack.security.authc.anonymous.authz_exception": "false",
        },
        files: { ...elasticUsers, "roles.yml": "reader:\n  indices:\n    - names: [users]\n      privileges: [read]\n" },
        hasLogin: true,
      },
      names: "users",
      expected: "counts-readable",
      statuses: { "/_cluster/health": 401, "/users/_count": 200 },
    });

/** Security is on, and the anonymous role may look at the cluster's state alone. */
export const elasticsearchAnonymousMonitor =
  (distribution: Distribution): Start =>
  () =>
    running({
      key: "anonymous monitor",
      node: {
        distribution,
        settings: {
          ...elasticSecurity,
          "xpack.security.authc.anonymous.username": "anybody",
          "xpack.security.authc.anonymous.roles": "watcher",
          "xpack.security.authc.anonymous.authz_exception": "true",
        },
        files: { ...elasticUsers, "roles.yml": "watcher:\n  cluster: [monitor]\n" },
        hasLogin: true,
      },
      names: "users",
      expected: "anonymous-accepted",
      statuses: { "/_cluster/health": 200, "/users/_count": 403 },
    });

/** With the maker's security plugin, over TLS. */
function secured(anonymous: boolean): NodeOptions {
  const { cert, key } = makeCertificate(9);
  const tls = Object.fromEntries(
    ["transport", "http"].flatMap((layer) => [
      [`plugins.security.ssl.${layer}.pemcert_filepath`, "node.crt"],
      [`plugins.security.ssl.${layer}.pemkey_filepath`, "node.key"],
      [`plugins.security.ssl.${layer}.pemtrustedcas_filepath`, "node.crt"],
    ]),
  );
  const meta = (type: string): string => `_meta:\n  type: ${type}\n  config_version: 2\n`;
  const files = {
    "config.yml": `${meta("config")}config:
  dynamic:
    http:
      anonymous_auth_enabled: ${anonymous}
    authc:
      basic:
        http_enabled: true
        transport_enabled: true
        order: 0
        http_authenticator: { type: basic, challenge: true }
        authentication_backend: { type: intern }
`,
    "internal_users.yml": `${meta("internalusers")}${userName}:\n  hash: "$2y${passwordHash}"\n  backend_roles: [admin]\n`,
    "roles.yml": `${meta("roles")}anybody:\n  index_permissions:\n    - index_patterns: [users]\n      allowed_actions: [read]\n`,
    "roles_mapping.yml": `${meta("rolesmapping")}all_access:\n  backend_roles: [admin]\nanybody:\n  backend_roles: [opendistro_security_anonymous_backendrole]\n`,
    "action_groups.yml": meta("actiongroups"),
    "tenants.yml": meta("tenants"),
    "nodes_dn.yml": meta("nodesdn"),
    "allowlist.yml": `${meta("allowlist")}config:\n  enabled: false\n`,
    "audit.yml": `${meta("audit")}config:\n  enabled: false\n`,
  };
  return {
    distribution: "opensearch-2.19.1",
    home: homeWithSecurity(),
    settings: {
      ...tls,
      "plugins.security.ssl.http.enabled": "true",
      "plugins.security.ssl.transport.enforce_hostname_verification": "false",
      "plugins.security.allow_default_init_securityindex": "true",
      "plugins.security.nodes_dn": '["CN=vitrine test 9"]',
      "plugins.security.audit.type": "noop",
    },
    files: {
      "node.crt": cert,
      "node.key": key,
      ...Object.fromEntries(Object.entries(files).map(([name, text]) => [`opensearch-security/${name}`, text])),
    },
    hasLogin: true,
    hasTls: true,
  };
}

export const opensearchClosedTls = (): Promise<Running> =>
  running({
    key: "security",
    node: secured(false),
    expected: "auth-required",
    statuses: { "/": 401, "/users/_count": 401 },
  });

export const opensearchAnonymousTls = (): Promise<Running> =>
  running({
    key: "security anonymous",
    node: secured(true),
    names: "users",
    expected: "counts-readable",
    statuses: { "/users/_count": 200, "/_cluster/health": 403 },
  });
