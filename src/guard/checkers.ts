/** All checkers, by the schemes of the URLs that name them. */
import type { Checker } from "./checker.ts";
import { elasticsearch } from "./services/elasticsearch/elasticsearch.ts";
import { memcached } from "./services/memcached/memcached.ts";
import { postgresql } from "./services/postgresql/postgresql.ts";
import { redis } from "./services/redis/redis.ts";

export const checkers: readonly Checker[] = [elasticsearch, postgresql, redis, memcached];

/** What people write; a scheme that means TLS or none says so. */
export const schemes: Readonly<Record<string, { readonly checker: Checker; readonly channel?: "plain" | "tls" }>> = {
  elasticsearch: { checker: elasticsearch },
  opensearch: { checker: elasticsearch },
  "elasticsearch+http": { checker: elasticsearch, channel: "plain" },
  "elasticsearch+https": { checker: elasticsearch, channel: "tls" },
  postgres: { checker: postgresql },
  postgresql: { checker: postgresql },
  redis: { checker: redis },
  rediss: { checker: redis, channel: "tls" },
  memcached: { checker: memcached },
};

/** http and https say nothing of the service; its port may. */
export function checkerOfPort(port: number): Checker | undefined {
  return checkers.find((one) => one.service === "elasticsearch" && one.port === port);
}
