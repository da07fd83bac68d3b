/** RFC 9457 problems: the last step, where an error becomes a status and a public sentence. */
import type { FastifyReply } from "fastify";
import { VitrineError } from "../../model/error.ts";
import type { ErrorCode } from "../../model/error-codes.ts";
import { errorCodes } from "../../model/error-codes.ts";

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly remedy: string;
  /** Name of the parameter that is wrong, one of ours. */
  readonly place?: string;
}

export const problemSchema = {
  type: "object",
  description: "RFC 9457 problem",
  required: ["type", "title", "status", "detail", "code", "remedy"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string" },
    remedy: { type: "string" },
    place: { type: "string" },
  },
} as const;

const statuses: Partial<Record<ErrorCode, number>> = {
  "api/bad-request": 400,
  "api/busy": 503,
  "api/code-refused": 403,
  "api/forbidden": 403,
  "api/host-refused": 403,
  "api/internal": 500,
  "api/method-refused": 405,
  "api/not-found": 404,
  "api/origin-refused": 403,
  "api/timeout": 504,
  "api/too-large": 413,
  "api/unauthorized": 401,
  "metrics/bad-question": 400,
  "metrics/before-history": 422,
  "metrics/compare-invalid": 400,
  "metrics/disguised-negation": 400,
  "metrics/no-answer": 422,
  "metrics/not-whole-periods": 400,
  "metrics/period-invalid": 400,
  "metrics/policy-differs": 503,
  "metrics/too-many-cells": 422,
  "metrics/too-many-dimensions": 422,
  "metrics/too-slow": 504,
  "metrics/unknown-dimension": 400,
  "metrics/unknown-grain": 400,
  "metrics/unknown-metric": 404,
  "metrics/unknown-value": 400,
};

/** A problem in the catalogue's own words. */
export function problemOf(code: ErrorCode, status = statuses[code] ?? 500): Problem {
  const { meaning, remedy } = errorCodes[code];
  return { type: `urn:vitrine:problem:${code}`, title: meaning, status, detail: meaning, code, remedy };
}

/** Any failure as a problem. The text of what is not ours is kept back: it may quote data. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof VitrineError) {
    const { code, message, remedy, place } = error;
    const status = statuses[code] ?? (errorCodes[code].retry ? 503 : 500);
    return { ...problemOf(code, status), detail: message, remedy, ...(place === undefined ? {} : { place }) };
  }
  const status = frameworkStatus(error);
  if (status === 413 || status === 414 || status === 431) return problemOf("api/too-large", status);
  if (status === 408) return problemOf("api/timeout", status);
  if (status !== undefined) return problemOf("api/bad-request", status);
  return problemOf("api/internal");
}

/** Status of an error that Fastify made of a bad request; undefined for all else. */
function frameworkStatus(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("statusCode" in error) || !("code" in error)) return undefined;
  const { statusCode, code } = error;
  const ofFastify = typeof code === "string" && code.startsWith("FST_");
  return ofFastify && typeof statusCode === "number" && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  if (problem.status === 401) reply.header("www-authenticate", "Bearer");
  if (problem.status === 503) reply.header("retry-after", "1");
  // Serialised here: a problem has one shape on every route, also where the route has no schema for it.
  return reply.code(problem.status).type("application/problem+json; charset=utf-8").serializer(String).send(JSON.stringify(problem));
}
