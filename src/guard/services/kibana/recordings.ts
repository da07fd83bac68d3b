/** Made by `npm run record:guard -- kibana` from real servers; everything in them is made up. */
import type { Recording } from "../../checks/recording.ts";

export const recordings: readonly Recording[] = [
  {
    of: "Kibana stand-in, Kibana, console open",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "status",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 136\r\n\r\n{"name":"made-up","uuid":"00000000-0000-0000-0000-000000000000","version":{"number":"0.0.0"},"status":{"overall":{"level":"available"}}}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json\r\nx-console-proxy-status-code: 200\r\ncontent-length: 19\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\n\r\n[{"index":"users"}]',
        ended: "whole",
      },
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json\r\nx-console-proxy-status-code: 200\r\ncontent-length: 71\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
    ],
  },
  {
    of: "OpenSearch Dashboards stand-in, Dashboards, console open, index named",
    seen: "counts-readable",
    channel: "plain",
    names: ["users"],
    heard: [
      {
        request: "status",
        bytes:
          'HTTP/1.1 200 OK\r\nosd-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 136\r\n\r\n{"name":"made-up","uuid":"00000000-0000-0000-0000-000000000000","version":{"number":"0.0.0"},"status":{"overall":{"level":"available"}}}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 200 OK\r\nosd-name: made-up\r\ncontent-type: application/json\r\ncontent-length: 19\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\n\r\n[{"index":"users"}]',
        ended: "whole",
      },
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nosd-name: made-up\r\ncontent-type: application/json\r\ncontent-length: 71\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Kibana stand-in, console open, status page closed",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "status",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3d\r\n{"statusCode":401,"error":"Unauthorized","message":"made up"}\r\n0\r\n',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json\r\ncontent-length: 19\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\n\r\n[{"index":"users"}]',
        ended: "whole",
      },
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json\r\ncontent-length: 71\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\n\r\n{"count":2,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0}}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Kibana stand-in, console open, index that there is not",
    seen: "schema-readable",
    channel: "plain",
    names: ["nosuchindex"],
    heard: [
      {
        request: "status",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 136\r\n\r\n{"name":"made-up","uuid":"00000000-0000-0000-0000-000000000000","version":{"number":"0.0.0"},"status":{"overall":{"level":"available"}}}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json\r\nx-console-proxy-status-code: 200\r\ncontent-length: 19\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\n\r\n[{"index":"users"}]',
        ended: "whole",
      },
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json\r\nx-console-proxy-status-code: 404\r\ncontent-length: 84\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\n\r\n{"error":{"type":"index_not_found_exception","reason":"no such index"},"status":404}',
        ended: "whole",
      },
      {
        request: "objects",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 139\r\n\r\n{"page":1,"per_page":1,"total":2,"saved_objects":[{"type":"index-pattern","id":"made-up","attributes":{"title":"users*"},"references":[]}]}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Kibana stand-in, anonymous sees dashboards alone",
    seen: "schema-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "status",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 44\r\n\r\n{"status":{"overall":{"level":"available"}}}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 403 Forbidden\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3a\r\n{"statusCode":403,"error":"Forbidden","message":"made up"}\r\n0\r\n',
        ended: "whole",
      },
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 403 Forbidden\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3a\r\n{"statusCode":403,"error":"Forbidden","message":"made up"}\r\n0\r\n',
        ended: "whole",
      },
      {
        request: "objects",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 139\r\n\r\n{"page":1,"per_page":1,"total":2,"saved_objects":[{"type":"index-pattern","id":"made-up","attributes":{"title":"users*"},"references":[]}]}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Kibana stand-in, console off, the rest open",
    seen: "schema-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "status",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 44\r\n\r\n{"status":{"overall":{"level":"available"}}}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 404 Not Found\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3a\r\n{"statusCode":404,"error":"Not Found","message":"made up"}\r\n0\r\n',
        ended: "whole",
      },
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 404 Not Found\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3a\r\n{"statusCode":404,"error":"Not Found","message":"made up"}\r\n0\r\n',
        ended: "whole",
      },
      {
        request: "objects",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 139\r\n\r\n{"page":1,"per_page":1,"total":2,"saved_objects":[{"type":"index-pattern","id":"made-up","attributes":{"title":"users*"},"references":[]}]}',
        ended: "whole",
      },
    ],
  },
  {
    of: "Kibana stand-in, login",
    seen: "auth-required",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "status",
        bytes:
          'HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 44\r\n\r\n{"status":{"overall":{"level":"available"}}}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3d\r\n{"statusCode":401,"error":"Unauthorized","message":"made up"}\r\n0\r\n',
        ended: "whole",
      },
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3d\r\n{"statusCode":401,"error":"Unauthorized","message":"made up"}\r\n0\r\n',
        ended: "whole",
      },
      {
        request: "objects",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3d\r\n{"statusCode":401,"error":"Unauthorized","message":"made up"}\r\n0\r\n',
        ended: "whole",
      },
    ],
  },
  {
    of: "Kibana stand-in, login, status page closed",
    seen: "auth-required",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "status",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3d\r\n{"statusCode":401,"error":"Unauthorized","message":"made up"}\r\n0\r\n',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3d\r\n{"statusCode":401,"error":"Unauthorized","message":"made up"}\r\n0\r\n',
        ended: "whole",
      },
      {
        request: "count 0",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3d\r\n{"statusCode":401,"error":"Unauthorized","message":"made up"}\r\n0\r\n',
        ended: "whole",
      },
      {
        request: "objects",
        bytes:
          'HTTP/1.1 401 Unauthorized\r\nkbn-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3d\r\n{"statusCode":401,"error":"Unauthorized","message":"made up"}\r\n0\r\n',
        ended: "whole",
      },
    ],
  },
  {
    of: "OpenSearch Dashboards stand-in, login page",
    seen: "auth-required",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "status",
        bytes:
          'HTTP/1.1 200 OK\r\nosd-name: made-up\r\ncontent-type: application/json; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 44\r\n\r\n{"status":{"overall":{"level":"available"}}}',
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          "HTTP/1.1 302 Found\r\nosd-name: made-up\r\nlocation: /app/login?nextUrl=%2Fapi%2Fconsole%2Fproxy\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "count 0",
        bytes:
          "HTTP/1.1 302 Found\r\nosd-name: made-up\r\nlocation: /app/login?nextUrl=%2Fapi%2Fconsole%2Fproxy\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
      {
        request: "objects",
        bytes:
          "HTTP/1.1 302 Found\r\nosd-name: made-up\r\nlocation: /app/login?nextUrl=%2Fapi%2Fsaved_objects%2F_find\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "Kibana stand-in, its page alone",
    seen: "unknown",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "status",
        bytes:
          "HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: text/html; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 90\r\n\r\n<!DOCTYPE html><html><head><title>Elastic</title></head><body>indices, login</body></html>",
        ended: "whole",
      },
      {
        request: "names",
        bytes:
          "HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: text/html; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 90\r\n\r\n<!DOCTYPE html><html><head><title>Elastic</title></head><body>indices, login</body></html>",
        ended: "whole",
      },
      {
        request: "count 0",
        bytes:
          "HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: text/html; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 90\r\n\r\n<!DOCTYPE html><html><head><title>Elastic</title></head><body>indices, login</body></html>",
        ended: "whole",
      },
      {
        request: "objects",
        bytes:
          "HTTP/1.1 200 OK\r\nkbn-name: made-up\r\ncontent-type: text/html; charset=utf-8\r\nDate: Mon, 23 Nov 2026 05:36:43 GMT\r\nConnection: close\r\nContent-Length: 90\r\n\r\n<!DOCTYPE html><html><head><title>Elastic</title></head><body>indices, login</body></html>",
        ended: "whole",
      },
    ],
  },
];
