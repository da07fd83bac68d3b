/** The server's answers as the dashboard reads them. Wider than the server's own types: an old page may stand before a newer server. */
import type { MetricAnswer } from "../../api/contract.ts";

export interface Metric {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** count, ratio, sum, distinct, share, retention. */
  readonly kind: string;
  readonly zone: string;
  readonly k: number;
  readonly definitionVersion: string;
  readonly grains: readonly string[];
  readonly dimensions: readonly { readonly name: string; readonly values?: readonly string[] | undefined }[];
  readonly unit?: string | undefined;
  readonly owner?: string | undefined;
  readonly format?: string | undefined;
  readonly history?: string | undefined;
  /** Retention: the days after the first. */
  readonly days?: readonly number[] | undefined;
  /** Share: the dimension that is shared out. */
  readonly of?: string | undefined;
  /** What happened, by local day. */
  readonly annotations?: readonly { readonly at: string; readonly title: string }[];
  /** What may be asked without a reason; absent: everything. */
  readonly told?: {
    readonly splits: readonly { readonly grain: string; readonly dimensions: readonly string[] }[];
    readonly totals: boolean;
    readonly compare: boolean;
    readonly instead?: string | undefined;
  };
}

/** Where a small group stands behind one side of a ratio, the value is a bound in coarse steps and not a number. */
export interface Cell {
  readonly period?: string | undefined;
  readonly by: Readonly<Record<string, string | null>>;
  readonly count?: number | undefined;
  readonly hits?: number | undefined;
  readonly sum?: number | undefined;
  readonly value?: number | null | undefined;
  readonly below?: number | undefined;
  readonly above?: number | undefined;
  /** With `compare`: the same cell of the earlier range. */
  readonly before?: { readonly value?: number | null | undefined } | undefined;
}

export interface Answer extends Omit<MetricAnswer, "kind" | "cells" | "class" | "question" | "compared" | "format"> {
  readonly kind: string;
  readonly class: string;
  readonly question: {
    readonly grain: string;
    readonly from: string;
    readonly to: string;
    readonly by: readonly string[];
    readonly where: Readonly<Record<string, readonly string[]>>;
  };
  readonly compared?: { readonly from: string; readonly to: string };
  readonly cells: readonly Cell[];
}

/** What is asked for, as a query of /v1/metrics/<name>. */
export interface Question {
  readonly metric: string;
  readonly grain: string;
  readonly range?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly by?: readonly string[];
  readonly where?: Readonly<Record<string, readonly string[]>>;
  readonly limit?: number | undefined;
  /** `previous`: each cell with the one of the range of as many periods before. */
  readonly compare?: string | undefined;
}

/** Path and query; `suffix` `.csv` or `.parquet` gives a file. */
export function addressOf(question: Question, suffix = ""): string {
  const query = new URLSearchParams();
  query.set("grain", question.grain);
  for (const key of ["range", "from", "to", "compare"] as const) {
    const value = question[key];
    if (value !== undefined) query.set(key, value);
  }
  if (question.by !== undefined && question.by.length > 0) query.set("by", question.by.join(","));
  for (const [dimension, values] of Object.entries(question.where ?? {}))
    for (const value of values) query.append(`where.${dimension}`, value);
  if (question.limit !== undefined) query.set("limit", String(question.limit));
  return `/v1/metrics/${question.metric}${suffix}?${query.toString().replaceAll("%2C", ",")}`;
}

/** The one value of an answer without periods and dimensions; undefined: none, or withheld. */
export function totalOf(answer: Answer | undefined): Cell | undefined {
  return answer?.cells.length === 1 ? answer.cells[0] : undefined;
}

/** A cell's number; undefined where it is only bounded. */
export function numberOf(cell: Cell | undefined): number | undefined {
  return cell?.value ?? undefined;
}

export function numberBefore(cell: Cell | undefined): number | undefined {
  return cell?.before?.value ?? undefined;
}
