/** The statements of catalog-read.ts: one JSON value a row, in the shapes of catalog.ts. They read pg_catalog only. */

const userSchema = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'`;

export const catalogSql = {
  server: `
SELECT current_setting('server_version_num')::int AS version,
       current_database()::text AS database,
       pg_is_in_recovery() AS in_recovery,
       current_setting('wal_level') AS wal_level,
       current_setting('max_replication_slots')::int AS max_slots,
       current_setting('max_wal_senders')::int AS max_senders,
       (SELECT count(*)::int FROM pg_stat_replication) AS senders,
       (SELECT CASE WHEN setting::bigint < 0 THEN -1 ELSE setting::bigint END::int FROM pg_settings WHERE name = 'max_slot_wal_keep_size') AS max_slot_wal_keep_mb,
       CASE WHEN pg_is_in_recovery() THEN 0 ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int END AS timeline`,

  maySystem: `SELECT has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') AS may`,
  system: `SELECT system_identifier::text FROM pg_control_system()`,

  /** $1: JSON array of [schema, table]. */
  tables: `
WITH wanted AS (SELECT one->>0 AS schema, one->>1 AS tbl FROM json_array_elements($1::json) one)
SELECT json_build_object(
  'schema', n.nspname, 'table', c.relname, 'oid', c.oid::bigint, 'kind', c.relkind, 'persistence', c.relpersistence,
  'replicaIdentity', c.relreplident,
  'identityColumns', coalesce((
    SELECT json_agg(a.attname ORDER BY k.place)
    FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
    WHERE i.indrelid = c.oid AND k.place <= i.indnkeyatts AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END), '[]'),
  'owner', pg_get_userbyid(c.relowner),
  'rowSecurity', c.relrowsecurity,
  'policies', coalesce((
    SELECT json_agg(json_build_object('name', p.polname, 'permissive', p.polpermissive, 'command', p.polcmd,
      'roles', (SELECT json_agg(CASE WHEN r = 0 THEN 'public' ELSE pg_get_userbyid(r) END) FROM unnest(p.polroles) r),
      'using', pg_get_expr(p.polqual, p.polrelid)) ORDER BY p.polname)
    FROM pg_policy p WHERE p.polrelid = c.oid), '[]'),
  'columns', coalesce((
    SELECT json_agg(json_build_object('name', a.attname, 'attnum', a.attnum, 'typeOid', a.atttypid::bigint,
      'typeName', format_type(a.atttypid, NULL), 'typeKind', t.typtype, 'typmod', CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END, 'notNull', a.attnotnull,
      'base', (WITH RECURSIVE base AS (
          SELECT t.typbasetype AS oid WHERE t.typtype = 'd'
          UNION ALL SELECT d.typbasetype FROM base JOIN pg_type d ON d.oid = base.oid WHERE d.typtype = 'd')
        SELECT json_build_object('typeOid', b.oid::bigint, 'typeName', format_type(b.oid, NULL), 'typeKind', b.typtype)
        FROM base JOIN pg_type b ON b.oid = base.oid WHERE b.typtype <> 'd'),
      'generated', a.attgenerated, 'toastable', a.attstorage IN ('x', 'e')) ORDER BY a.attnum)
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]'),
  'heirs', CASE WHEN c.relkind <> 'r' THEN '[]'::json ELSE coalesce((
    SELECT json_agg(format('%I.%I', hn.nspname, h.relname) ORDER BY h.oid)
    FROM pg_inherits i JOIN pg_class h ON h.oid = i.inhrelid JOIN pg_namespace hn ON hn.oid = h.relnamespace WHERE i.inhparent = c.oid), '[]') END,
  'leaves', CASE WHEN c.relkind <> 'p' THEN '[]'::json ELSE coalesce((
    SELECT json_agg(json_build_object('schema', ln.nspname, 'table', l.relname, 'oid', l.oid::bigint, 'kind', l.relkind,
      'persistence', l.relpersistence, 'relfilenode', l.relfilenode::bigint) ORDER BY l.oid)
    FROM pg_partition_tree(c.oid) tree JOIN pg_class l ON l.oid = tree.relid JOIN pg_namespace ln ON ln.oid = l.relnamespace
    WHERE tree.isleaf AND l.relkind <> 'p'), '[]') END,
  'rows', CASE WHEN c.relkind <> 'p' THEN c.reltuples::bigint ELSE coalesce((
    SELECT sum(greatest(l.reltuples, 0))::bigint FROM pg_partition_tree(c.oid) tree JOIN pg_class l ON l.oid = tree.relid WHERE tree.isleaf), -1) END,
  'bytes', CASE WHEN c.relkind IN ('v', 'f') THEN 0 WHEN c.relkind <> 'p' THEN c.relpages::bigint * current_setting('block_size')::bigint ELSE coalesce((
    SELECT sum(l.relpages::bigint * current_setting('block_size')::bigint)::bigint FROM pg_partition_tree(c.oid) tree JOIN pg_class l ON l.oid = tree.relid WHERE tree.isleaf), 0) END
) AS tbl
FROM wanted w JOIN pg_namespace n ON n.nspname = w.schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.tbl
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
ORDER BY n.nspname, c.relname`,

  allTables: `
SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND ${userSchema} ORDER BY 1 LIMIT 5000`,

  publications: `
SELECT json_build_object(
  'name', p.pubname, 'allTables', p.puballtables, 'viaRoot', p.pubviaroot,
  'publishes', concat_ws(',', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END,
    CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END),
  'tables', coalesce((
    SELECT json_agg(json_build_object('schema', n.nspname, 'table', c.relname,
      'columns', (SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND (r.prattrs IS NULL OR a.attnum = ANY (r.prattrs::int2[]))),
      'filter', pg_get_expr(r.prqual, r.prrelid)) ORDER BY n.nspname, c.relname)
    FROM pg_publication_rel r JOIN pg_class c ON c.oid = r.prrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE r.prpubid = p.oid), '[]'),
  'schemas', coalesce((SELECT json_agg(n.nspname ORDER BY 1) FROM pg_publication_namespace pn JOIN pg_namespace n ON n.oid = pn.pnnspid WHERE pn.pnpubid = p.oid), '[]')
) AS publication
FROM pg_publication p ORDER BY p.pubname`,

  slots: `
SELECT json_build_object('name', slot_name, 'plugin', plugin, 'database', database, 'active', active, 'walStatus', wal_status,
  'retainedBytes', CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint END,
  'confirmed', confirmed_flush_lsn::text) AS slot
FROM pg_replication_slots ORDER BY slot_name`,

  /** $1: role. */
  role: `
SELECT json_build_object('name', r.rolname, 'superuser', r.rolsuper, 'replication', r.rolreplication, 'bypassRls', r.rolbypassrls,
  'createRole', r.rolcreaterole,
  'usage', coalesce((SELECT json_agg(n.nspname ORDER BY n.nspname) FROM pg_namespace n WHERE has_schema_privilege(r.oid, n.oid, 'USAGE') AND ${userSchema}), '[]'),
  'memberOf', coalesce((SELECT json_agg(m.rolname ORDER BY m.rolname) FROM pg_roles m
                        WHERE m.oid <> r.oid AND NOT r.rolsuper AND pg_has_role(r.oid, m.oid, 'MEMBER')), '[]')) AS role
FROM pg_roles r WHERE r.rolname = $1`,

  /**
   * $1: role. Every column of user tables and views that it can SELECT, with where from: its own grant, PUBLIC, ownership, a role.
   * Built from the access lists, so that the reason is known; a superuser shows as one line a table. `usable` is false where
   * it must SET ROLE first, which whoever has the credential can.
   */
  selects: `
WITH RECURSIVE me AS (SELECT oid, rolname, rolsuper FROM pg_roles WHERE rolname = $1),
roles AS (SELECT r.oid, r.rolname, pg_has_role(me.oid, r.oid, 'USAGE') AS usable FROM pg_roles r, me WHERE pg_has_role(me.oid, r.oid, 'MEMBER') AND NOT me.rolsuper
          UNION SELECT oid, rolname, true FROM me),
rels AS (SELECT c.oid, n.nspname, c.relname, c.relacl, c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${userSchema}),
cols AS (SELECT rels.*, a.attname, a.attnum, a.attacl FROM rels JOIN pg_attribute a ON a.attrelid = rels.oid AND a.attnum > 0 AND NOT a.attisdropped),
granted AS (
  SELECT c.oid, c.attnum, CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE r.rolname END AS via, coalesce(r.usable, true) AS usable, false AS whole
  FROM cols c CROSS JOIN LATERAL aclexplode(c.attacl) acl LEFT JOIN roles r ON r.oid = acl.grantee
  WHERE acl.privilege_type = 'SELECT' AND (acl.grantee = 0 OR r.oid IS NOT NULL)
  UNION
  SELECT c.oid, c.attnum, CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE r.rolname END, coalesce(r.usable, true), true
  FROM cols c CROSS JOIN LATERAL aclexplode(c.relacl) acl LEFT JOIN roles r ON r.oid = acl.grantee
  WHERE acl.privilege_type = 'SELECT' AND (acl.grantee = 0 OR r.oid IS NOT NULL)
  UNION
  SELECT c.oid, c.attnum, 'owner', r.usable, false FROM cols c JOIN roles r ON r.oid = c.relowner
  UNION
  SELECT c.oid, c.attnum, 'pg_read_all_data', r.usable, false FROM cols c, roles r WHERE r.rolname = 'pg_read_all_data'
  UNION
  SELECT c.oid, c.attnum, 'superuser', true, false FROM cols c, me WHERE me.rolsuper)
SELECT json_build_object('schema', c.nspname, 'table', c.relname, 'column', c.attname, 'via', json_agg(DISTINCT g.via ORDER BY g.via),
  'byTable', coalesce(json_agg(DISTINCT g.via ORDER BY g.via) FILTER (WHERE g.whole), '[]'), 'usable', bool_or(g.usable)) AS granted
FROM granted g JOIN cols c ON c.oid = g.oid AND c.attnum = g.attnum
GROUP BY c.nspname, c.relname, c.attname, c.attnum ORDER BY c.nspname, c.relname, c.attnum`,

  /** $1: role. */
  writes: `
SELECT json_build_object('schema', n.nspname, 'table', c.relname, 'privilege', p.privilege) AS granted
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN (VALUES ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) p(privilege)
WHERE c.relkind IN ('r', 'p', 'v', 'f') AND ${userSchema}
  AND (has_table_privilege($1, c.oid, p.privilege)
       OR (p.privilege IN ('INSERT', 'UPDATE') AND has_any_column_privilege($1, c.oid, p.privilege)))
ORDER BY n.nspname, c.relname, p.privilege`,
} as const;
