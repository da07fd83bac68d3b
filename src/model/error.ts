import type { ErrorCode } from "./error-codes.ts";
import { errorCodes } from "./error-codes.ts";

/**
 * The one error for operational failures. `code` is in the catalogue (error-codes.ts), `place` names where (file:line:column,
 * table.column, host:port), `remedy` is a command or an act. Names, positions, types and counts only: never a value,
 * and never a foreign error as `cause` (drivers quote values): `origin` keeps only its code and position.
 */
export class VitrineError extends Error {
  readonly code: ErrorCode;
  readonly place: string | undefined;
  readonly remedy: string;
  readonly origin: { readonly code: string; readonly position?: number } | undefined;

  constructor(
    code: ErrorCode,
    detail: {
      readonly message: string;
      readonly place?: string;
      readonly remedy?: string;
      readonly origin?: { readonly code: string; readonly position?: number };
    },
  ) {
    super(detail.message);
    this.name = "VitrineError";
    this.code = code;
    this.place = detail.place;
    this.remedy = detail.remedy ?? errorCodes[code].remedy;
    this.origin = detail.origin;
  }
}
