/** Collects what is wrong with the file, so that a person sees all of it at once. Messages name paths and rules, never content that could be a value. */
import { VitrineError } from "../../model/error.ts";
import type { ErrorCode } from "../../model/error-codes.ts";
import type { Place } from "../declaration.ts";

/** Several errors of one file; `errors` holds each with its own code and place. */
export class DeclarationErrors extends VitrineError {
  readonly errors: readonly VitrineError[];

  constructor(errors: readonly VitrineError[], file: string) {
    const lines = errors.map((error) => `  ${error.place ?? file} ${error.code}: ${error.message}\n    → ${error.remedy}`);
    super("policy/several", { message: `${errors.length} errors in ${file}:\n${lines.join("\n")}`, place: file });
    this.errors = errors;
  }
}

const problemsMax = 100;

export class Problems {
  readonly #file: string;
  readonly #errors: VitrineError[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  add(code: ErrorCode, place: Place, message: string, remedy?: string): void {
    if (this.#errors.length >= problemsMax) return;
    const text = formatPlace(place);
    if (this.#errors.some((error) => error.place === text && error.code === code && error.message === message)) return;
    this.#errors.push(new VitrineError(code, { message, place: text, ...(remedy === undefined ? {} : { remedy }) }));
  }

  get any(): boolean {
    return this.#errors.length > 0;
  }

  /** Throws the one error, or all of them as one, in the file's order. */
  throwIfAny(): void {
    const [first] = this.#errors;
    if (first === undefined) return;
    if (this.#errors.length === 1) throw first;
    throw new DeclarationErrors(this.#errors.toSorted(byPlace), this.#file);
  }
}

export function formatPlace(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

function byPlace(a: VitrineError, b: VitrineError): number {
  const [lineA = 0, columnA = 0] = (a.place ?? "").split(":").slice(-2).map(Number);
  const [lineB = 0, columnB = 0] = (b.place ?? "").split(":").slice(-2).map(Number);
  return lineA - lineB || columnA - columnB;
}
