/* oxlint-disable max-lines -- each state of each server is a recording */
/** Made by `npm run record:guard -- elasticsearch` from real servers; everything in them is made up. */
import type { Recording } from "../../checks/recording.ts";

export const recordings: readonly Recording[] = [
  {
    of: "Elasticsearch 7.17.13, open",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 71\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 404 Not Found\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 417\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","resource.type":"index_expression","resource.id":"vitrine-canary","index_uuid":"_na_","index":"vitrine-canary"}],"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","resource.type":"index_expression","resource.id":"vitrine-canary","index_uuid":"_na_","index":"vitrine-canary"},"status":404}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 7.17.13, open, index that there is not",
    seen: "schema-readable",
    channel: "plain",
    names: ["nosuchindex"],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 404 Not Found\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 395\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [nosuchindex]","resource.type":"index_or_alias","resource.id":"nosuchindex","index_uuid":"_na_","index":"nosuchindex"}],"type":"index_not_found_exception","reason":"no such index [nosuchindex]","resource.type":"index_or_alias","resource.id":"nosuchindex","index_uuid":"_na_","index":"nosuchindex"},"status":404}',
        ended: "whole",
      },
      {
        request: "search 0",
        bytes:
          'HTTP/1.1 404 Not Found\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 395\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [nosuchindex]","resource.type":"index_or_alias","resource.id":"nosuchindex","index_uuid":"_na_","index":"nosuchindex"}],"type":"index_not_found_exception","reason":"no such index [nosuchindex]","resource.type":"index_or_alias","resource.id":"nosuchindex","index_uuid":"_na_","index":"nosuchindex"},"status":404}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 19\r\n\r\n[{"index":"users"}]',
        ended: "whole",
      },
      {
        request: "health",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 383\r\n\r\n{"cluster_name":"made-up","status":"yellow","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1,"active_primary_shards":1,"active_shards":1,"relocating_shards":0,"initializing_shards":0,"unassigned_shards":1,"delayed_unassigned_shards":0,"number_of_pending_tasks":0,"number_of_in_flight_fetch":0,"task_max_waiting_in_queue_millis":0,"active_shards_percent_as_number":50.0}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 7.17.13, open, proxy with 401 on /",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nx-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 71\r\nDate: Mon, 23 Nov 2026 12:59:33 GMT\r\nConnection: close\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 404 Not Found\r\nx-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 417\r\nDate: Mon, 23 Nov 2026 12:59:33 GMT\r\nConnection: close\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","resource.type":"index_expression","resource.id":"vitrine-canary","index_uuid":"_na_","index":"vitrine-canary"}],"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","resource.type":"index_expression","resource.id":"vitrine-canary","index_uuid":"_na_","index":"vitrine-canary"},"status":404}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 7.17.13, open, planted",
    seen: "data-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 71\r\n\r\n{"count":3,"_shards":{"total":2,"successful":2,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 143\r\n\r\n{"_index":"vitrine-canary","_type":"_doc","_id":"canary","_version":1,"_seq_no":0,"_primary_term":1,"found":true,"_source":{"proof":"made-up"}}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 7.17.13, security on",
    seen: "auth-required",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="security" charset="UTF-8"\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 393\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST request [/_count]","header":{"WWW-Authenticate":"Basic realm=\\"security\\" charset=\\"UTF-8\\""}}],"type":"security_exception","reason":"missing authentication credentials for REST request [/_count]","header":{"WWW-Authenticate":"Basic realm=\\"security\\" charset=\\"UTF-8\\""}},"status":401}',
        ended: "whole",
      },
      {
        request: "search 0",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="security" charset="UTF-8"\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 431\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST request [/_search?size=0&timeout=1s]","header":{"WWW-Authenticate":"Basic realm=\\"security\\" charset=\\"UTF-8\\""}}],"type":"security_exception","reason":"missing authentication credentials for REST request [/_search?size=0&timeout=1s]","header":{"WWW-Authenticate":"Basic realm=\\"security\\" charset=\\"UTF-8\\""}},"status":401}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="security" charset="UTF-8"\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 487\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST request [/_cat/indices?format=json&h=index&expand_wildcards=all]","header":{"WWW-Authenticate":"Basic realm=\\"security\\" charset=\\"UTF-8\\""}}],"type":"security_exception","reason":"missing authentication credentials for REST request [/_cat/indices?format=json&h=index&expand_wildcards=all]","header":{"WWW-Authenticate":"Basic realm=\\"security\\" charset=\\"UTF-8\\""}},"status":401}',
        ended: "whole",
      },
      {
        request: "health",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="security" charset="UTF-8"\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 411\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST request [/_cluster/health]","header":{"WWW-Authenticate":"Basic realm=\\"security\\" charset=\\"UTF-8\\""}}],"type":"security_exception","reason":"missing authentication credentials for REST request [/_cluster/health]","header":{"WWW-Authenticate":"Basic realm=\\"security\\" charset=\\"UTF-8\\""}},"status":401}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 7.17.13, security on, anonymous reads one index",
    seen: "counts-readable",
    channel: "plain",
    names: ["users"],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 71\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="security" charset="UTF-8"\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 379\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:data/read/get] requires authentication","header":{"WWW-Authenticate":"Basic realm=\\"security\\" charset=\\"UTF-8\\""}}],"type":"security_exception","reason":"action [indices:data/read/get] requires authentication","header":{"WWW-Authenticate":"Basic realm=\\"security\\" charset=\\"UTF-8\\""}},"status":401}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 7.17.13, security on, anonymous may monitor",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["users"],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 403 Forbidden\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 455\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for user [anybody] with roles [watcher] on indices [users], this action is granted by the index privileges [read,all]"}],"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for user [anybody] with roles [watcher] on indices [users], this action is granted by the index privileges [read,all]"},"status":403}',
        ended: "whole",
      },
      {
        request: "search 0",
        bytes:
          'HTTP/1.1 403 Forbidden\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 455\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for user [anybody] with roles [watcher] on indices [users], this action is granted by the index privileges [read,all]"}],"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for user [anybody] with roles [watcher] on indices [users], this action is granted by the index privileges [read,all]"},"status":403}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 403 Forbidden\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 485\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:monitor/settings/get] is unauthorized for user [anybody] with roles [watcher], this action is granted by the index privileges [monitor,view_index_metadata,manage,all]"}],"type":"security_exception","reason":"action [indices:monitor/settings/get] is unauthorized for user [anybody] with roles [watcher], this action is granted by the index privileges [monitor,view_index_metadata,manage,all]"},"status":403}',
        ended: "whole",
      },
      {
        request: "health",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 383\r\n\r\n{"cluster_name":"made-up","status":"yellow","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1,"active_primary_shards":1,"active_shards":1,"relocating_shards":0,"initializing_shards":0,"unassigned_shards":1,"delayed_unassigned_shards":0,"number_of_pending_tasks":0,"number_of_in_flight_fetch":0,"task_max_waiting_in_queue_millis":0,"active_shards_percent_as_number":50.0}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 8.15.0, open",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 71\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 404 Not Found\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 413\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","resource.type":"index_or_alias","resource.id":"vitrine-canary","index_uuid":"_na_","index":"vitrine-canary"}],"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","resource.type":"index_or_alias","resource.id":"vitrine-canary","index_uuid":"_na_","index":"vitrine-canary"},"status":404}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 8.15.0, open, index that there is not",
    seen: "schema-readable",
    channel: "plain",
    names: ["nosuchindex"],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 404 Not Found\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 395\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [nosuchindex]","resource.type":"index_or_alias","resource.id":"nosuchindex","index_uuid":"_na_","index":"nosuchindex"}],"type":"index_not_found_exception","reason":"no such index [nosuchindex]","resource.type":"index_or_alias","resource.id":"nosuchindex","index_uuid":"_na_","index":"nosuchindex"},"status":404}',
        ended: "whole",
      },
      {
        request: "search 0",
        bytes:
          'HTTP/1.1 404 Not Found\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 395\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [nosuchindex]","resource.type":"index_or_alias","resource.id":"nosuchindex","index_uuid":"_na_","index":"nosuchindex"}],"type":"index_not_found_exception","reason":"no such index [nosuchindex]","resource.type":"index_or_alias","resource.id":"nosuchindex","index_uuid":"_na_","index":"nosuchindex"},"status":404}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n13\r\n[{"index":"users"}]\r\n0\r\n',
        ended: "whole",
      },
      {
        request: "health",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 383\r\n\r\n{"cluster_name":"made-up","status":"yellow","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1,"active_primary_shards":1,"active_shards":1,"relocating_shards":0,"initializing_shards":0,"unassigned_shards":1,"delayed_unassigned_shards":0,"number_of_pending_tasks":0,"number_of_in_flight_fetch":0,"task_max_waiting_in_queue_millis":0,"active_shards_percent_as_number":50.0}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 8.15.0, open, proxy with 401 on /",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nx-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 71\r\nDate: Mon, 23 Nov 2026 13:00:19 GMT\r\nConnection: close\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 404 Not Found\r\nx-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 413\r\nDate: Mon, 23 Nov 2026 13:00:19 GMT\r\nConnection: close\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","resource.type":"index_or_alias","resource.id":"vitrine-canary","index_uuid":"_na_","index":"vitrine-canary"}],"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","resource.type":"index_or_alias","resource.id":"vitrine-canary","index_uuid":"_na_","index":"vitrine-canary"},"status":404}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 8.15.0, open, planted",
    seen: "data-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 71\r\n\r\n{"count":3,"_shards":{"total":2,"successful":2,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 128\r\n\r\n{"_index":"vitrine-canary","_id":"canary","_version":1,"_seq_no":0,"_primary_term":1,"found":true,"_source":{"proof":"made-up"}}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 8.15.0, security on",
    seen: "auth-required",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="security", charset="UTF-8"\r\nWWW-Authenticate: ApiKey\r\ncontent-type: application/json\r\ncontent-length: 417\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST request [/_count]","header":{"WWW-Authenticate":["Basic realm=\\"security\\", charset=\\"UTF-8\\"","ApiKey"]}}],"type":"security_exception","reason":"missing authentication credentials for REST request [/_count]","header":{"WWW-Authenticate":["Basic realm=\\"security\\", charset=\\"UTF-8\\"","ApiKey"]}},"status":401}',
        ended: "whole",
      },
      {
        request: "search 0",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="security", charset="UTF-8"\r\nWWW-Authenticate: ApiKey\r\ncontent-type: application/json\r\ncontent-length: 455\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST request [/_search?size=0&timeout=1s]","header":{"WWW-Authenticate":["Basic realm=\\"security\\", charset=\\"UTF-8\\"","ApiKey"]}}],"type":"security_exception","reason":"missing authentication credentials for REST request [/_search?size=0&timeout=1s]","header":{"WWW-Authenticate":["Basic realm=\\"security\\", charset=\\"UTF-8\\"","ApiKey"]}},"status":401}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="security", charset="UTF-8"\r\nWWW-Authenticate: ApiKey\r\ncontent-type: application/json\r\ncontent-length: 511\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST request [/_cat/indices?format=json&h=index&expand_wildcards=all]","header":{"WWW-Authenticate":["Basic realm=\\"security\\", charset=\\"UTF-8\\"","ApiKey"]}}],"type":"security_exception","reason":"missing authentication credentials for REST request [/_cat/indices?format=json&h=index&expand_wildcards=all]","header":{"WWW-Authenticate":["Basic realm=\\"security\\", charset=\\"UTF-8\\"","ApiKey"]}},"status":401}',
        ended: "whole",
      },
      {
        request: "health",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="security", charset="UTF-8"\r\nWWW-Authenticate: ApiKey\r\ncontent-type: application/json\r\ncontent-length: 435\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST request [/_cluster/health]","header":{"WWW-Authenticate":["Basic realm=\\"security\\", charset=\\"UTF-8\\"","ApiKey"]}}],"type":"security_exception","reason":"missing authentication credentials for REST request [/_cluster/health]","header":{"WWW-Authenticate":["Basic realm=\\"security\\", charset=\\"UTF-8\\"","ApiKey"]}},"status":401}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 8.15.0, security on, anonymous reads one index",
    seen: "counts-readable",
    channel: "plain",
    names: ["users"],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 71\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="security", charset="UTF-8"\r\nWWW-Authenticate: ApiKey\r\ncontent-type: application/json\r\ncontent-length: 403\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:data/read/get] requires authentication","header":{"WWW-Authenticate":["Basic realm=\\"security\\", charset=\\"UTF-8\\"","ApiKey"]}}],"type":"security_exception","reason":"action [indices:data/read/get] requires authentication","header":{"WWW-Authenticate":["Basic realm=\\"security\\", charset=\\"UTF-8\\"","ApiKey"]}},"status":401}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 8.15.0, security on, anonymous may monitor",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["users"],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: 475\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for user [anybody] with effective roles [watcher] on indices [users], this action is granted by the index privileges [read,all]"}],"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for user [anybody] with effective roles [watcher] on indices [users], this action is granted by the index privileges [read,all]"},"status":403}',
        ended: "whole",
      },
      {
        request: "search 0",
        bytes:
          'HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: 475\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for user [anybody] with effective roles [watcher] on indices [users], this action is granted by the index privileges [read,all]"}],"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for user [anybody] with effective roles [watcher] on indices [users], this action is granted by the index privileges [read,all]"},"status":403}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: 1001\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:monitor/settings/get] is unauthorized for user [anybody] with effective roles [watcher], this action is granted by the index privileges [monitor,view_index_metadata,manage,all]","suppressed":[{"type":"security_exception","reason":"action [indices:monitor/stats] is unauthorized for user [anybody] with effective roles [watcher], this action is granted by the index privileges [monitor,cross_cluster_replication,manage,all]"}]}],"type":"security_exception","reason":"action [indices:monitor/settings/get] is unauthorized for user [anybody] with effective roles [watcher], this action is granted by the index privileges [monitor,view_index_metadata,manage,all]","suppressed":[{"type":"security_exception","reason":"action [indices:monitor/stats] is unauthorized for user [anybody] with effective roles [watcher], this action is granted by the index privileges [monitor,cross_cluster_replication,manage,all]"}]},"status":403}',
        ended: "whole",
      },
      {
        request: "health",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 383\r\n\r\n{"cluster_name":"made-up","status":"yellow","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1,"active_primary_shards":1,"active_shards":1,"relocating_shards":0,"initializing_shards":0,"unassigned_shards":1,"delayed_unassigned_shards":0,"number_of_pending_tasks":0,"number_of_in_flight_fetch":0,"task_max_waiting_in_queue_millis":0,"active_shards_percent_as_number":50.0}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 9.2.0, open, index that there is not",
    seen: "schema-readable",
    channel: "plain",
    names: ["nosuchindex"],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 404 Not Found\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 395\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [nosuchindex]","resource.type":"index_or_alias","resource.id":"nosuchindex","index_uuid":"_na_","index":"nosuchindex"}],"type":"index_not_found_exception","reason":"no such index [nosuchindex]","resource.type":"index_or_alias","resource.id":"nosuchindex","index_uuid":"_na_","index":"nosuchindex"},"status":404}',
        ended: "whole",
      },
      {
        request: "search 0",
        bytes:
          'HTTP/1.1 404 Not Found\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 395\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [nosuchindex]","resource.type":"index_or_alias","resource.id":"nosuchindex","index_uuid":"_na_","index":"nosuchindex"}],"type":"index_not_found_exception","reason":"no such index [nosuchindex]","resource.type":"index_or_alias","resource.id":"nosuchindex","index_uuid":"_na_","index":"nosuchindex"},"status":404}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n13\r\n[{"index":"users"}]\r\n0\r\n',
        ended: "whole",
      },
      {
        request: "health",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 413\r\n\r\n{"cluster_name":"made-up","status":"yellow","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1,"active_primary_shards":1,"active_shards":1,"relocating_shards":0,"initializing_shards":0,"unassigned_shards":1,"unassigned_primary_shards":0,"delayed_unassigned_shards":0,"number_of_pending_tasks":0,"number_of_in_flight_fetch":0,"task_max_waiting_in_queue_millis":0,"active_shards_percent_as_number":50.0}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 9.2.0, open, proxy with 401 on /",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nx-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 71\r\nDate: Mon, 23 Nov 2026 13:01:27 GMT\r\nConnection: close\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 404 Not Found\r\nx-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 413\r\nDate: Mon, 23 Nov 2026 13:01:27 GMT\r\nConnection: close\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","resource.type":"index_or_alias","resource.id":"vitrine-canary","index_uuid":"_na_","index":"vitrine-canary"}],"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","resource.type":"index_or_alias","resource.id":"vitrine-canary","index_uuid":"_na_","index":"vitrine-canary"},"status":404}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Elasticsearch 9.2.0, security on, anonymous may monitor",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["users"],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: 475\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for user [anybody] with effective roles [watcher] on indices [users], this action is granted by the index privileges [read,all]"}],"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for user [anybody] with effective roles [watcher] on indices [users], this action is granted by the index privileges [read,all]"},"status":403}',
        ended: "whole",
      },
      {
        request: "search 0",
        bytes:
          'HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: 475\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for user [anybody] with effective roles [watcher] on indices [users], this action is granted by the index privileges [read,all]"}],"type":"security_exception","reason":"action [indices:data/read/search] is unauthorized for user [anybody] with effective roles [watcher] on indices [users], this action is granted by the index privileges [read,all]"},"status":403}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: 1001\r\n\r\n{"error":{"root_cause":[{"type":"security_exception","reason":"action [indices:monitor/settings/get] is unauthorized for user [anybody] with effective roles [watcher], this action is granted by the index privileges [monitor,view_index_metadata,manage,all]","suppressed":[{"type":"security_exception","reason":"action [indices:monitor/stats] is unauthorized for user [anybody] with effective roles [watcher], this action is granted by the index privileges [monitor,cross_cluster_replication,manage,all]"}]}],"type":"security_exception","reason":"action [indices:monitor/settings/get] is unauthorized for user [anybody] with effective roles [watcher], this action is granted by the index privileges [monitor,view_index_metadata,manage,all]","suppressed":[{"type":"security_exception","reason":"action [indices:monitor/stats] is unauthorized for user [anybody] with effective roles [watcher], this action is granted by the index privileges [monitor,cross_cluster_replication,manage,all]"}]},"status":403}',
        ended: "whole",
      },
      {
        request: "health",
        bytes:
          'HTTP/1.1 200 OK\r\nX-elastic-product: Elasticsearch\r\ncontent-type: application/json\r\ncontent-length: 413\r\n\r\n{"cluster_name":"made-up","status":"yellow","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1,"active_primary_shards":1,"active_shards":1,"relocating_shards":0,"initializing_shards":0,"unassigned_shards":1,"unassigned_primary_shards":0,"delayed_unassigned_shards":0,"number_of_pending_tasks":0,"number_of_in_flight_fetch":0,"task_max_waiting_in_queue_millis":0,"active_shards_percent_as_number":50.0}',
        ended: "whole",
      },
    ],
  },
  {
    of: "OpenSearch 2.19.1, open",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 71\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 404 Not Found\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 417\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","index":"vitrine-canary","resource.id":"vitrine-canary","resource.type":"index_expression","index_uuid":"_na_"}],"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","index":"vitrine-canary","resource.id":"vitrine-canary","resource.type":"index_expression","index_uuid":"_na_"},"status":404}',
        ended: "whole",
      },
    ],
  },
  {
    of: "OpenSearch 2.19.1, open, index that there is not",
    seen: "schema-readable",
    channel: "plain",
    names: ["nosuchindex"],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 404 Not Found\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 395\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [nosuchindex]","index":"nosuchindex","resource.id":"nosuchindex","resource.type":"index_or_alias","index_uuid":"_na_"}],"type":"index_not_found_exception","reason":"no such index [nosuchindex]","index":"nosuchindex","resource.id":"nosuchindex","resource.type":"index_or_alias","index_uuid":"_na_"},"status":404}',
        ended: "whole",
      },
      {
        request: "search 0",
        bytes:
          'HTTP/1.1 404 Not Found\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 395\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [nosuchindex]","index":"nosuchindex","resource.id":"nosuchindex","resource.type":"index_or_alias","index_uuid":"_na_"}],"type":"index_not_found_exception","reason":"no such index [nosuchindex]","index":"nosuchindex","resource.id":"nosuchindex","resource.type":"index_or_alias","index_uuid":"_na_"},"status":404}',
        ended: "whole",
      },
      {
        request: "names",
        bytes: 'HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 19\r\n\r\n[{"index":"users"}]',
        ended: "whole",
      },
      {
        request: "health",
        bytes:
          'HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 442\r\n\r\n{"cluster_name":"made-up","status":"yellow","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1,"discovered_master":true,"discovered_cluster_manager":true,"active_primary_shards":1,"active_shards":1,"relocating_shards":0,"initializing_shards":0,"unassigned_shards":1,"delayed_unassigned_shards":0,"number_of_pending_tasks":0,"number_of_in_flight_fetch":0,"task_max_waiting_in_queue_millis":0,"active_shards_percent_as_number":50.0}',
        ended: "whole",
      },
    ],
  },
  {
    of: "OpenSearch 2.19.1, open, proxy with 401 on /",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 71\r\nDate: Mon, 23 Nov 2026 13:03:11 GMT\r\nConnection: close\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 404 Not Found\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 417\r\nDate: Mon, 23 Nov 2026 13:03:11 GMT\r\nConnection: close\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","index":"vitrine-canary","resource.id":"vitrine-canary","resource.type":"index_expression","index_uuid":"_na_"}],"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","index":"vitrine-canary","resource.id":"vitrine-canary","resource.type":"index_expression","index_uuid":"_na_"},"status":404}',
        ended: "whole",
      },
    ],
  },
  {
    of: "OpenSearch 2.19.1, open, planted",
    seen: "data-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 71\r\n\r\n{"count":3,"_shards":{"total":2,"successful":2,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 128\r\n\r\n{"_index":"vitrine-canary","_id":"canary","_version":1,"_seq_no":0,"_primary_term":1,"found":true,"_source":{"proof":"made-up"}}',
        ended: "whole",
      },
    ],
  },
  {
    of: "OpenSearch 3.8.0, open",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nX-OpenSearch-Version: OpenSearch/3.8.0 (opensearch)\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 71\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 404 Not Found\r\nX-OpenSearch-Version: OpenSearch/3.8.0 (opensearch)\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 417\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","index":"vitrine-canary","resource.id":"vitrine-canary","resource.type":"index_expression","index_uuid":"_na_"}],"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","index":"vitrine-canary","resource.id":"vitrine-canary","resource.type":"index_expression","index_uuid":"_na_"},"status":404}',
        ended: "whole",
      },
    ],
  },
  {
    of: "OpenSearch 3.8.0, open, index that there is not",
    seen: "schema-readable",
    channel: "plain",
    names: ["nosuchindex"],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 404 Not Found\r\nX-OpenSearch-Version: OpenSearch/3.8.0 (opensearch)\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 395\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [nosuchindex]","index":"nosuchindex","resource.id":"nosuchindex","resource.type":"index_or_alias","index_uuid":"_na_"}],"type":"index_not_found_exception","reason":"no such index [nosuchindex]","index":"nosuchindex","resource.id":"nosuchindex","resource.type":"index_or_alias","index_uuid":"_na_"},"status":404}',
        ended: "whole",
      },
      {
        request: "search 0",
        bytes:
          'HTTP/1.1 404 Not Found\r\nX-OpenSearch-Version: OpenSearch/3.8.0 (opensearch)\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 395\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [nosuchindex]","index":"nosuchindex","resource.id":"nosuchindex","resource.type":"index_or_alias","index_uuid":"_na_"}],"type":"index_not_found_exception","reason":"no such index [nosuchindex]","index":"nosuchindex","resource.id":"nosuchindex","resource.type":"index_or_alias","index_uuid":"_na_"},"status":404}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 200 OK\r\nX-OpenSearch-Version: OpenSearch/3.8.0 (opensearch)\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 19\r\n\r\n[{"index":"users"}]',
        ended: "whole",
      },
      {
        request: "health",
        bytes:
          'HTTP/1.1 200 OK\r\nX-OpenSearch-Version: OpenSearch/3.8.0 (opensearch)\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 442\r\n\r\n{"cluster_name":"made-up","status":"yellow","timed_out":false,"number_of_nodes":1,"number_of_data_nodes":1,"discovered_master":true,"discovered_cluster_manager":true,"active_primary_shards":1,"active_shards":1,"relocating_shards":0,"initializing_shards":0,"unassigned_shards":1,"delayed_unassigned_shards":0,"number_of_pending_tasks":0,"number_of_in_flight_fetch":0,"task_max_waiting_in_queue_millis":0,"active_shards_percent_as_number":50.0}',
        ended: "whole",
      },
    ],
  },
  {
    of: "OpenSearch 3.8.0, open, proxy with 401 on /",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nx-opensearch-version: OpenSearch/3.8.0 (opensearch)\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 71\r\nDate: Mon, 23 Nov 2026 13:03:31 GMT\r\nConnection: close\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 404 Not Found\r\nx-opensearch-version: OpenSearch/3.8.0 (opensearch)\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 417\r\nDate: Mon, 23 Nov 2026 13:03:31 GMT\r\nConnection: close\r\n\r\n{"error":{"root_cause":[{"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","index":"vitrine-canary","resource.id":"vitrine-canary","resource.type":"index_expression","index_uuid":"_na_"}],"type":"index_not_found_exception","reason":"no such index [vitrine-canary]","index":"vitrine-canary","resource.id":"vitrine-canary","resource.type":"index_expression","index_uuid":"_na_"},"status":404}',
        ended: "whole",
      },
    ],
  },
  {
    of: "OpenSearch 3.8.0, open, planted",
    seen: "data-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nX-OpenSearch-Version: OpenSearch/3.8.0 (opensearch)\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 71\r\n\r\n{"count":3,"_shards":{"total":2,"successful":2,"skipped":0,"failed":0}}',
        ended: "whole",
      },
      {
        request: "planted",
        bytes:
          'HTTP/1.1 200 OK\r\nX-OpenSearch-Version: OpenSearch/3.8.0 (opensearch)\r\ncontent-type: application/json; charset=UTF-8\r\ncontent-length: 128\r\n\r\n{"_index":"vitrine-canary","_id":"canary","_version":1,"_seq_no":0,"_primary_term":1,"found":true,"_source":{"proof":"made-up"}}',
        ended: "whole",
      },
    ],
  },
  {
    of: "OpenSearch 2.19.1, security plugin, TLS",
    seen: "auth-required",
    channel: "tls",
    names: [],
    heard: [
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="OpenSearch Security"\r\ncontent-type: text/plain; charset=UTF-8\r\ncontent-length: 12\r\n\r\nUnauthorized',
        ended: "whole",
      },
      {
        request: "search 0",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="OpenSearch Security"\r\ncontent-type: text/plain; charset=UTF-8\r\ncontent-length: 12\r\n\r\nUnauthorized',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="OpenSearch Security"\r\ncontent-type: text/plain; charset=UTF-8\r\ncontent-length: 12\r\n\r\nUnauthorized',
        ended: "whole",
      },
      {
        request: "health",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="OpenSearch Security"\r\ncontent-type: text/plain; charset=UTF-8\r\ncontent-length: 12\r\n\r\nUnauthorized',
        ended: "whole",
      },
    ],
  },
];
