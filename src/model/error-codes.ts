/**
 * Every error code of Vitrine: what it means, whether it is normal, what to do. `docs/errors.md` is generated from this file.
 * A code never changes its meaning; add, do not reuse. `exit` is the CLI's exit code, `retry` says whether the supervisor tries
 * again by itself. Grouped by stage, alphabetical inside.
 */
interface CodeEntry {
  readonly meaning: string;
  readonly remedy: string;
  readonly retry: boolean;
  readonly exit: number;
}

export const errorCodes = {
  // policy: the file vitrine.yaml
  "policy/invalid": {
    meaning: "vitrine.yaml is not YAML, or says something that its schema does not know.",
    remedy: "Mend the file at the place named; `vitrine plan` checks it without touching anything.",
    retry: false,
    exit: 2,
  },
} as const satisfies Record<string, CodeEntry>;

export type ErrorCode = keyof typeof errorCodes;
