/** All checkers, by the schemes of the URLs that name them. */
import type { Checker } from "./checker.ts";
import { elasticsearch } from "../services/elasticsearch/elasticsearch.ts";
import { kibana } from "../services/kibana/kibana.ts";
import { memcached } from "../services/memcached/memcached.ts";
import { mongodb } from "../services/mongodb/mongodb.ts";
import { mysql } from "../services/mysql/mysql.ts";
import { postgresql } from "../services/postgresql/postgresql.ts";
import { redis } from "../services/redis/redis.ts";
import { s3 } from "../services/s3/s3.ts";
import { vitrine } from "../services/vitrine/vitrine.ts";

export const checkers: readonly Checker[] = [elasticsearch, kibana, postgresql, mysql, mongodb, redis, s3, vitrine, memcached];

/** What people write; a scheme that means TLS or none says so. */
export const schemes: Readonly<Record<string, { readonly checker: Checker; readonly channel?: "plain" | "tls" }>> = {
  elasticsearch: { checker: elasticsearch },
  opensearch: { checker: elasticsearch },
  "elasticsearch+http": { checker: elasticsearch, channel: "plain" },
  "elasticsearch+https": { checker: elasticsearch, channel: "tls" },
  kibana: { checker: kibana },
  "kibana+http": { checker: kibana, channel: "plain" },
  "kibana+https": { checker: kibana, channel: "tls" },
  "opensearch-dashboards": { checker: kibana },
  s3: { checker: s3 },
  "s3+http": { checker: s3, channel: "plain" },
  "s3+https": { checker: s3, channel: "tls" },
  vitrine: { checker: vitrine },
  "vitrine+http": { checker: vitrine, channel: "plain" },
  "vitrine+https": { checker: vitrine, channel: "tls" },
  postgres: { checker: postgresql },
  postgresql: { checker: postgresql },
  redis: { checker: redis },
  rediss: { checker: redis, channel: "tls" },
  memcached: { checker: memcached },
  mysql: { checker: mysql },
  mariadb: { checker: mysql },
  mongodb: { checker: mongodb },
};

/** http and https say nothing of the service; its port may. */
export function checkerOfPort(port: number): Checker | undefined {
  return [elasticsearch, kibana, vitrine].find((one) => one.port === port);
}
