/** An ordinary SQL session, as much of one as the stages need; made by source/session.ts over the `pg` library. Errors are VitrineErrors without the driver's text. */
export interface Sql {
  /** Rows as objects; every value as the text that PostgreSQL prints, or null, but for booleans, int2/int4 and JSON, which are parsed. */
  query(sql: string, values?: readonly (string | number | boolean | null)[]): Promise<readonly Record<string, unknown>[]>;
}
