/** What plan must know beside the catalog: one statement each, names only. */
const userSchema = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'";

export const factsSql = {
  /** $1: role. */
  role: `
SELECT rolcanlogin AS login, has_database_privilege(oid, current_database(), 'CONNECT') AS connect
FROM pg_roles WHERE rolname = $1`,

  publicConnects: "SELECT has_database_privilege('public', current_database(), 'CONNECT') AS connect",

  publicUsage: `SELECT n.nspname::text AS schema FROM pg_namespace n WHERE ${userSchema} AND has_schema_privilege('public', n.oid, 'USAGE')`,

  /** $1: role. */
  usage: `SELECT n.nspname::text AS schema FROM pg_namespace n WHERE ${userSchema} AND has_schema_privilege($1, n.oid, 'USAGE')`,

  /** $1: role. Its own entries in the access lists; attnum below 0 are system columns. */
  direct: `
SELECT n.nspname::text AS schema, c.relname::text AS relation, acl.privilege_type AS privilege, NULL::text AS attribute
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN LATERAL aclexplode(c.relacl) acl JOIN pg_roles r ON r.oid = acl.grantee
WHERE r.rolname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${userSchema}
UNION ALL
SELECT n.nspname::text, c.relname::text, acl.privilege_type, a.attname::text
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL aclexplode(a.attacl) acl JOIN pg_roles r ON r.oid = acl.grantee
WHERE r.rolname = $1 AND NOT a.attisdropped AND ${userSchema}
ORDER BY 1, 2, 3, 4`,

  /** $1: JSON array of `schema.table`. */
  withoutList: `
SELECT p.pubname || ' ' || n.nspname || '.' || c.relname AS member
FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.prattrs IS NULL AND n.nspname || '.' || c.relname IN (SELECT json_array_elements_text($1::json))`,

  /** $1: JSON array of `schema.table`. A negative n_distinct is a share of the rows. */
  distinct: `
SELECT s.schemaname || '.' || s.tablename || '.' || s.attname AS name,
       CASE WHEN s.n_distinct >= 0 THEN s.n_distinct ELSE -s.n_distinct * greatest(c.reltuples, 0) END::float8 AS count
FROM pg_stats s JOIN pg_namespace n ON n.nspname = s.schemaname JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename
WHERE s.schemaname || '.' || s.tablename IN (SELECT json_array_elements_text($1::json)) AND s.n_distinct <> 0`,

  /**
   * $1: JSON array of `schema.table`. The outer bounds of partitions by range of one column, without those that are known to be
   * empty (made ahead of time). As ISO dates they sort as texts.
   */
  partitionBounds: `
SELECT n.nspname || '.' || c.relname || '.' || a.attname AS name, min(bound.ends[1]) AS lower, max(bound.ends[2]) AS upper
FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
JOIN pg_inherits i ON i.inhparent = c.oid JOIN pg_class leaf ON leaf.oid = i.inhrelid
CROSS JOIN LATERAL regexp_match(pg_get_expr(leaf.relpartbound, leaf.oid), '^FOR VALUES FROM \\(''(\\d{4}-\\d\\d-\\d\\d)[^'']*''\\) TO \\(''(\\d{4}-\\d\\d-\\d\\d)[^'']*''\\)$') AS bound(ends)
WHERE p.partstrat = 'r' AND p.partnatts = 1 AND leaf.reltuples <> 0 AND bound.ends IS NOT NULL
  AND n.nspname || '.' || c.relname IN (SELECT json_array_elements_text($1::json))
GROUP BY 1`,
} as const;
