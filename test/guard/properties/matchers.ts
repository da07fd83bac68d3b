/* oxlint-disable no-control-regex -- binary protocols are matched by their bytes */
/**
 * What bytes decide that a store is open, told a second time and in another way than its checker tells it: a pattern on the answer to one
 * request. Where it fits, nobody may call the store closed, whatever else was heard. One line for each service.
 */

/** An answer as text (Latin-1), and the name of its request without its number. */
export type Matcher = (request: string, text: string) => boolean;

const http = /^HTTP\/1\.[01] 200(?: [^\r\n]*)?\r\n/;

export const matchers: Readonly<Record<string, Matcher>> = {
  redis: (request, text) =>
    (request === "ping" && text.startsWith("+PONG\r\n")) ||
    // After PONG alone are these asked.
    (request === "get" && /^\$(?:-1|\d+)\r\n/.test(text)) ||
    (request === "size" && /^:\d+\r\n/.test(text)),
  memcached: (request, text) =>
    (request === "get" && /^(?:END\r\n|VALUE vitrine:canary [^\r]*\r\n)/.test(text)) ||
    (request === "datagram" && text.startsWith("\0\x01") && /^(?:END\r\n|VALUE vitrine:canary [^\r]*\r\n)/.test(text.slice(8))),
  // AuthenticationOk.
  postgresql: (request, text) => request === "startup" && text.startsWith("R\0\0\0\x08\0\0\0\0"),
  // OK, with nothing changed and no warning, as the second, third, fourth or fifth packet.
  mysql: (request, text) => /^(?:login|empty|nul)$/.test(request) && /^\x07\0\0[\x02-\x05]\0\0\0[\0-\xff]{2}\0\0$/.test(text),
  // Two documents in a list, one with a name, and OK at the end; or a whole number of documents. In an OP_MSG without flags.
  mongodb: (request, text) =>
    text.slice(12, 21) === "\xdd\x07\0\0\0\0\0\0\0" &&
    text.endsWith("\x01ok\0\0\0\0\0\0\0\xf0\x3f\0") &&
    (request === "list"
      ? /^.{20}\0.{4}\x04databases\0.{4}\x030\0.{4}\x02name\0.{3}\0\w+\0/s.test(text)
      : request === "count" && /^.{20}\0.{4}\x10n\0.{4}\x01ok\0.{8}\0$/s.test(text)),
  elasticsearch: (request, text) =>
    http.test(text) &&
    ((request === "count" && /\r\n\r\n\{"count":\d+,"_shards":\{"total":\d+,"successful":\d+,"skipped":\d+,"failed":\d+\}\}$/.test(text)) ||
      (request === "names" && /\r\n\r\n\[\{"index":"/.test(text))),
  kibana: (request, text) =>
    http.test(text) &&
    !/\r\nx-console-proxy-status-code: (?!200\r\n)/i.test(text) &&
    ((request === "count" && /\r\n\r\n\{"count":\d+,"_shards":\{"total":\d+,"successful":\d+,"skipped":\d+,"failed":\d+\}\}$/.test(text)) ||
      (request === "names" && /\r\n\r\n\[\{"index":"/.test(text))),
  s3: (request, text) =>
    (request === "list" && http.test(text) && /\r\n\r\n<\?xml [^<>]*\?>\s*<ListBucketResult xmlns="[^"<>]*">/.test(text)) ||
    (request === "canary" && http.test(text) && /\r\nx-amz-request-id: /i.test(text) && text.endsWith("\r\n\r\n")),
  // A route of its API, of which it is known that it is not everybody's; the other answers say that it is Vitrine.
  vitrine: (request, text) =>
    (http.test(text) &&
      ((request === "/.vitrine/state.sqlite" && /\r\n\r\nSQLite format 3/.test(text)) ||
        (request === "/.env" && /\r\n\r\n[A-Z_]+=/.test(text)) ||
        (/^\/v1\/(?:metrics|status|audit)/.test(request) && /\r\n\r\n\{.*\}$/.test(text)))) ||
    (request.startsWith("/v1/metrics/{name}") &&
      /^HTTP\/1\.1 404 [^\r\n]*\r\n[^]*\r\n\r\n\{"type":"urn:vitrine:problem:metrics\/unknown-metric","[^\r\n]*\}$/.test(text)),
};
