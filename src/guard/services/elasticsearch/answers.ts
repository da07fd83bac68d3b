/** What an answer of Elasticsearch or OpenSearch holds, whether it came from the node or through Kibana's console. */
import type { Response } from "../../http/response.ts";
import { isRecord, jsonOf } from "../../http/response.ts";

/** `_cat/indices?format=json&h=index`. Decided on a prefix: of a long list the beginning is enough. */
export function isListOfIndices({ body }: Response): boolean {
  return /^\s*\[\s*(?:\]\s*$|\{\s*"index"\s*:\s*")/.test(body.toString("utf8"));
}

/** `_count`. */
export function isCount(response: Response, ended: string): boolean {
  const json = jsonOf(response, ended);
  return isRecord(json) && Number.isInteger(json["count"]) && isRecord(json["_shards"]);
}

/** `_search`. */
export function isSearch(response: Response, ended: string): boolean {
  const json = jsonOf(response, ended);
  return isRecord(json) && isRecord(json["hits"]) && isRecord(json["_shards"]);
}

/** `_cluster/health`. */
export function isHealth(response: Response, ended: string): boolean {
  const json = jsonOf(response, ended);
  return isRecord(json) && typeof json["cluster_name"] === "string" && typeof json["status"] === "string";
}

/** As the node writes an error, with its causes. */
export function isErrorOfNode(response: Response, ended: string): boolean {
  const json = jsonOf(response, ended);
  return isRecord(json) && json["status"] === response.status && isRecord(json["error"]) && Array.isArray(json["error"]["root_cause"]);
}

/** Of the node's own errors. */
export function errorType(response: Response, ended: string): string | undefined {
  const json = jsonOf(response, ended);
  const error = isRecord(json) ? json["error"] : undefined;
  return isRecord(error) && typeof error["type"] === "string" ? error["type"] : undefined;
}
