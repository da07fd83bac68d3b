/** Of an error of the system its code alone, such as ENOENT: its text names paths, and may quote what they hold. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
