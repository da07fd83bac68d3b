/** Every fixture of the guard, one line each. To add a service: its launchers beside this file, and its lines here. */
import type { Distribution } from "./distributions.ts";
import { needsOf, needsSecurity } from "./distributions.ts";
import type { Fixture } from "./fixture.ts";
import * as kibana from "./kibana.ts";
import { memcachedLogin, memcachedOpen, memcachedTcpAndUdp, memcachedUdpOnly, needsMemcached } from "./memcached.ts";
import * as mongodb from "./mongodb.ts";
import * as mysql from "./mysql.ts";
import type { Need } from "./need.ts";
import * as postgresql from "./postgresql.ts";
import {
  needsRedis,
  needsRedisAndNamespace,
  redisKeysKept,
  redisOpen,
  redisOpenElsewhere,
  redisPassword,
  redisPingOnly,
  redisProtected,
} from "./redis.ts";
import * as s3 from "./s3.ts";
import * as search from "./search.ts";
import * as vitrine from "./vitrine.ts";

/** Of one service, with what all its fixtures need. */
const of =
  (service: string, speed: "fast" | "slow", ...needs: readonly Need[]) =>
  (name: string, start: Fixture["start"]): Fixture => ({ service, name, needs, isFast: speed === "fast", start });

const redis = of("redis", "fast", needsRedis);
const redisElsewhere = of("redis", "fast", ...needsRedisAndNamespace);
const memcached = of("memcached", "fast", needsMemcached);
const dashboards = of("kibana", "fast");
const buckets = of("s3", "slow", ...s3.needsS3);
const own = of("vitrine", "fast");
const mongo = of("mongodb", "slow", ...mongodb.needsMongo);
const mariadb = of("mysql", "fast", mysql.needsMariadb);
const mariadbElsewhere = of("mysql", "slow", ...mysql.needsMariadbAndNamespace);
const mysql55 = of("mysql", "slow", ...mysql.needsMysql55);
const postgresql18 = of("postgresql", "fast");
const postgresql15 = of("postgresql", "slow", postgresql.needsPostgresql15);

/** What every version of a maker's has. */
function searchFixtures(distribution: Distribution): readonly Fixture[] {
  const fixture = of("elasticsearch", "slow", ...needsOf(distribution));
  return [
    fixture("open", search.searchOpen(distribution)),
    fixture("open, index named", search.searchOpenByName(distribution)),
    fixture("open, index that there is not", search.searchOpenNoSuchIndex(distribution)),
    fixture("open, proxy with 401 on /", search.searchHalfOpenProxy(distribution)),
    fixture("open, planted", search.searchOpenPlanted(distribution)),
  ];
}

function elasticsearchFixtures(distribution: Distribution): readonly Fixture[] {
  const fixture = of("elasticsearch", "slow", ...needsOf(distribution));
  return [
    ...searchFixtures(distribution),
    fixture("security on", search.elasticsearchClosed(distribution)),
    fixture("security on, anonymous reads one index", search.elasticsearchAnonymous(distribution)),
    fixture("security on, anonymous may monitor", search.elasticsearchAnonymousMonitor(distribution)),
  ];
}

const opensearchSecured = of("elasticsearch", "slow", ...needsSecurity);

const beforeNode = (distribution: Distribution): ReturnType<typeof of> => of("kibana", "slow", ...needsOf(distribution));

export const fixtures: readonly Fixture[] = [
  redis("open", redisOpen),
  redis("password", redisPassword),
  redis("ACL ~pub:* +@all", redisKeysKept),
  redis("ACL -@all +ping", redisPingOnly),
  redisElsewhere("open, on another address than loopback", redisOpenElsewhere),
  redisElsewhere("protected mode, on another address than loopback", redisProtected),
  memcached("open", memcachedOpen),
  memcached("login (-Y)", memcachedLogin),
  memcached("TCP and UDP", memcachedTcpAndUdp),
  memcached("TCP off, UDP on", memcachedUdpOnly),
  postgresql18("trust", postgresql.postgresqlTrust(18)),
  postgresql18("trust, role without grants", postgresql.postgresqlNoGrants(18)),
  postgresql18("(openrole, metrics) alone open, and named", postgresql.postgresqlOnePairOfMany(18)),
  postgresql18("(openrole, metrics) alone open, another named", postgresql.postgresqlOtherPair(18)),
  postgresql18("trust, no such role", postgresql.postgresqlNoSuchRole(18)),
  postgresql18("trust, no such database", postgresql.postgresqlNoSuchDatabase(18)),
  postgresql18("trust, no right to connect", postgresql.postgresqlMayNotConnect(18)),
  postgresql18("scram-sha-256, no such role", postgresql.postgresqlNoSuchRoleScram(18)),
  postgresql18("scram-sha-256", postgresql.postgresqlScram(18)),
  postgresql18("md5", postgresql.postgresqlMd5(18)),
  postgresql18("password in clear text", postgresql.postgresqlClearText(18)),
  postgresql18("reject", postgresql.postgresqlReject(18)),
  postgresql18("scram-sha-256, TLS on", postgresql.postgresqlTls(18)),
  postgresql18("open in TLS alone", postgresql.postgresqlOpenInTlsAlone(18)),
  postgresql15("trust", postgresql.postgresqlTrust(15)),
  postgresql15("trust, no such role", postgresql.postgresqlNoSuchRole(15)),
  postgresql15("trust, no such database", postgresql.postgresqlNoSuchDatabase(15)),
  postgresql15("trust, no right to connect", postgresql.postgresqlMayNotConnect(15)),
  postgresql15("scram-sha-256, no such role", postgresql.postgresqlNoSuchRoleScram(15)),
  postgresql15("scram-sha-256", postgresql.postgresqlScram(15)),
  postgresql15("md5", postgresql.postgresqlMd5(15)),
  postgresql15("password in clear text", postgresql.postgresqlClearText(15)),
  postgresql15("reject", postgresql.postgresqlReject(15)),
  dashboards("Kibana, console open", kibana.kibanaOpen),
  dashboards("Dashboards, console open, index named", kibana.dashboardsOpen),
  dashboards("console open, status page closed", kibana.kibanaOpenStatusClosed),
  dashboards("console open, kept to its own pages", kibana.kibanaKeepsInternal),
  dashboards("console open, index that there is not", kibana.kibanaNoSuchIndex),
  dashboards("anonymous sees dashboards alone", kibana.kibanaAnonymousDashboards),
  dashboards("console off, the rest open", kibana.kibanaNoConsole),
  dashboards("login", kibana.kibanaLogin),
  dashboards("login, status page closed", kibana.kibanaLoginStatusClosed),
  dashboards("login page", kibana.dashboardsLoginPage),
  dashboards("its page alone", kibana.kibanaPageAlone),
  beforeNode("elasticsearch-8.15.0")("before an open Elasticsearch", kibana.kibanaBefore(search.searchOpen("elasticsearch-8.15.0"))),
  beforeNode("elasticsearch-8.15.0")(
    "before a closed Elasticsearch",
    kibana.kibanaBefore(search.elasticsearchClosed("elasticsearch-8.15.0")),
  ),
  beforeNode("opensearch-2.19.1")("before an open OpenSearch", kibana.kibanaBefore(search.searchOpen("opensearch-2.19.1"))),
  buckets("all closed", s3.s3Closed),
  buckets("all closed, TLS", s3.s3ClosedTls),
  buckets("all closed, no object named", s3.s3ClosedNoCanary),
  buckets("list open", s3.s3List),
  buckets("list open, TLS", s3.s3ListTls),
  buckets("objects open, list closed", s3.s3Objects),
  buckets("objects open, list closed, object that there is not", s3.s3ObjectsNoSuch),
  buckets("list and objects open", s3.s3ListAndObjects),
  buckets("list and objects open, of people, planted", s3.s3People),
  buckets("list open, of people, planted, TLS", s3.s3PeopleList),
  buckets("objects open, list closed, of people, planted", s3.s3PeopleObjects),
  buckets("bucket that there is not", s3.s3NoSuchBucket),
  of("s3", "fast")("sent to another region", s3.s3Redirect),
  own("as shipped", vitrine.vitrineShipped),
  own("/v1/metrics without its guard", vitrine.vitrineUnguarded("/v1/metrics", "schema-readable")),
  own("/v1/status without its guard", vitrine.vitrineUnguarded("/v1/status", "counts-readable")),
  own("/v1/audit without its guard", vitrine.vitrineUnguarded("/v1/audit", "data-readable")),
  own("a proxy logs everybody in, on one path", vitrine.vitrineProxyLogsIn),
  own("a proxy logs everybody in, metric named", vitrine.vitrineProxyLogsInNamed),
  own("state below a web root", vitrine.vitrineStateServed),
  own(".env below a web root", vitrine.vitrineEnvServed),
  own("a page for every path", vitrine.vitrineFallbackPage),
  own("another service with 401 everywhere", vitrine.notVitrine),
  mariadb("user without a password", mysql.mysqlOpen("MariaDB")),
  mariadb("password", mysql.mysqlPassword("MariaDB")),
  mariadb("no such user", mysql.mysqlNoSuchUser("MariaDB")),
  mariadb("user without a password, no database named", mysql.mysqlOpenWithoutDatabase("MariaDB")),
  mariadb("user without a password, no right to this database", mysql.mysqlNoRights("MariaDB")),
  mariadb("user without a password, no such database", mysql.mysqlNoSuchDatabase("MariaDB")),
  mariadb("user without a password, database that is named last", mysql.mysqlOneOfMany("MariaDB")),
  mariadb("user without a password, in TLS alone", mysql.mariadbOpenInTlsAlone),
  mariadb("known by its process", mysql.mariadbByProcess),
  mariadb("ed25519", mysql.mariadbEd25519),
  mariadb("locked", mysql.mariadbLocked),
  mariadb("user without a password, no TLS", mysql.mysqlOpen("MariaDB without TLS")),
  mariadb("password, no TLS", mysql.mysqlPassword("MariaDB without TLS")),
  mariadb("user without a password, TLS asked for", mysql.mysqlOpen("MariaDB that asks for TLS")),
  mariadb("password, TLS asked for", mysql.mysqlPassword("MariaDB that asks for TLS")),
  mysql55("user without a password", mysql.mysqlOpen("MySQL")),
  mysql55("password", mysql.mysqlPassword("MySQL")),
  mysql55("no such user", mysql.mysqlNoSuchUser("MySQL")),
  mysql55("user without a password, no database named", mysql.mysqlOpenWithoutDatabase("MySQL")),
  mysql55("user without a password, no right to this database", mysql.mysqlNoRights("MySQL")),
  mysql55("user without a password, no such database", mysql.mysqlNoSuchDatabase("MySQL")),
  mysql55("user without a password, database that is named last", mysql.mysqlOneOfMany("MySQL")),
  mariadbElsewhere("password, asked many times where broken connections are counted", mysql.mariadbNotBlocked),
  mariadbElsewhere("our address blocked by broken connections", mysql.mariadbBlocked),
  mongo("open", mongodb.mongodbOpen),
  mongo("open, TLS", mongodb.mongodbOpenTls),
  mongo("open, database named", mongodb.mongodbDatabase),
  mongo("open, collection named", mongodb.mongodbCollection),
  mongo("open, canary planted", mongodb.mongodbCanary),
  mongo("open, of people, planted", mongodb.mongodbPeople),
  mongo("open and empty", mongodb.mongodbEmpty),
  mongo("open, before there was hello", mongodb.mongodbNoHello),
  mongo("login", mongodb.mongodbLogin),
  mongo("login, empty list", mongodb.mongodbLoginEmptyList),
  mongo("login for the list alone", mongodb.mongodbLoginForTheList),
  ...elasticsearchFixtures("elasticsearch-7.17.13"),
  ...elasticsearchFixtures("elasticsearch-8.15.0"),
  ...elasticsearchFixtures("elasticsearch-9.2.0"),
  ...searchFixtures("opensearch-2.19.1"),
  ...searchFixtures("opensearch-3.8.0"),
  opensearchSecured("security plugin, TLS", search.opensearchClosedTls),
  opensearchSecured("security plugin, TLS, anonymous reads one index", search.opensearchAnonymousTls),
];
