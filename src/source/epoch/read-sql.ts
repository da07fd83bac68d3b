/**
 * One statement, hence one snapshot of the catalog, that any role may run: it reads pg_catalog only. No function in it takes a lock
 * (pg_partition_tree would, and would wait behind a pending DROP).
 */

/** $1: JSON array of { name, schema, table, columns }; $2: JSON array of publication names; $3: the system identifier or NULL. */
// oxlint-disable-next-line max-lines-per-function -- one statement, so that it is one snapshot
export function epochSql(options: { readonly controlSystem: boolean }): string {
  // The permission on a function is checked even where a CASE would not reach it, so there are two statements.
  const system = options.controlSystem ? "(SELECT system_identifier::text FROM pg_catalog.pg_control_system())" : "coalesce($3::text, '')";
  return `
WITH RECURSIVE
wanted AS (
  SELECT w.name, w.schema, w."table", w.columns, w.place, c.oid, c.relkind, c.relpersistence, c.relfilenode, c.relreplident, c.relrowsecurity
  FROM (SELECT e.value->>'name' AS name, e.value->>'schema' AS schema, e.value->>'table' AS "table", e.value->'columns' AS columns, e.ordinality AS place
        FROM json_array_elements($1::json) WITH ORDINALITY AS e) AS w
  LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema
  LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w."table"
),
me AS (SELECT oid, rolname, rolsuper, rolbypassrls, rolreplication, rolcreaterole FROM pg_catalog.pg_roles WHERE rolname = current_user),
roles AS (
  SELECT oid FROM me
  UNION
  SELECT m.roleid FROM roles r JOIN pg_catalog.pg_auth_members m ON m.member = r.oid
),
grantees AS (SELECT oid FROM roles UNION ALL SELECT 0::oid),
tree AS (
  SELECT w.oid AS root, i.inhrelid AS oid, i.xmin::text AS xmin, i.inhdetachpending AS detaching
  FROM wanted w JOIN pg_catalog.pg_inherits i ON i.inhparent = w.oid
  UNION ALL
  SELECT t.root, i.inhrelid, i.xmin::text, i.inhdetachpending
  FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid
),
acl AS (
  SELECT c.oid, NULL::smallint AS attnum, a.grantee, a.privilege_type
  FROM pg_catalog.pg_class c CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) a
  WHERE c.relacl IS NOT NULL AND c.relkind IN ('r','p','v','m','f')
  UNION ALL
  SELECT t.attrelid, t.attnum, a.grantee, a.privilege_type
  FROM pg_catalog.pg_attribute t CROSS JOIN LATERAL pg_catalog.aclexplode(t.attacl) a
  WHERE t.attacl IS NOT NULL AND NOT t.attisdropped
  UNION ALL
  SELECT c.oid, NULL, c.relowner, 'OWNER' FROM pg_catalog.pg_class c
  WHERE c.relkind IN ('r','p','v','m','f') AND c.relowner IN (SELECT oid FROM roles)
),
grants AS (
  SELECT n.nspname::text COLLATE "C" AS schema, c.relname::text COLLATE "C" AS "table", t.attname::text COLLATE "C" AS "column",
    acl.privilege_type AS privilege, coalesce(g.rolname::text, 'PUBLIC') COLLATE "C" AS via
  FROM acl
  JOIN pg_catalog.pg_class c ON c.oid = acl.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_attribute t ON t.attrelid = acl.oid AND t.attnum = acl.attnum
  LEFT JOIN pg_catalog.pg_roles g ON g.oid = acl.grantee
  WHERE acl.grantee IN (SELECT oid FROM grantees)
    AND acl.privilege_type IN ('SELECT','INSERT','UPDATE','DELETE','TRUNCATE','OWNER')
    AND n.nspname NOT IN ('pg_catalog','information_schema') AND n.nspname !~ '^pg_(toast|temp)'
)
SELECT json_build_object(
  'version', 1,
  'systemIdentifier', ${system},
  'timeline', ('x' || substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))::bit(32)::int,
  'database', (SELECT json_build_object('name', datname, 'oid', oid::bigint) FROM pg_catalog.pg_database WHERE datname = current_database()),
  'role', (SELECT json_build_object('name', rolname, 'superuser', rolsuper, 'bypassRls', rolbypassrls, 'replication', rolreplication, 'createRole', rolcreaterole,
      'memberOf', (SELECT coalesce(json_agg(r.rolname ORDER BY r.rolname), '[]') FROM pg_catalog.pg_roles r WHERE r.oid IN (SELECT oid FROM roles) AND r.oid <> me.oid),
      'grants', (SELECT coalesce(json_agg(json_build_object('schema', schema, 'table', "table", 'column', "column", 'privilege', privilege, 'via', via)
          ORDER BY schema, "table", "column", privilege, via), '[]') FROM grants)) FROM me),
  'publications', (SELECT coalesce(json_agg(json_build_object('name', pubname, 'oid', oid::bigint, 'xmin', xmin::text, 'allTables', puballtables, 'viaRoot', pubviaroot,
      'publishes', concat_ws(',', CASE WHEN pubinsert THEN 'insert' END, CASE WHEN pubupdate THEN 'update' END, CASE WHEN pubdelete THEN 'delete' END, CASE WHEN pubtruncate THEN 'truncate' END),
      'others', (SELECT coalesce(json_agg(o.name ORDER BY o.name), '[]') FROM (
          SELECT n.nspname || '.' || c.relname AS name FROM pg_catalog.pg_publication_rel r
          JOIN pg_catalog.pg_class c ON c.oid = r.prrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE r.prpubid = pg_publication.oid AND r.prrelid NOT IN (SELECT w.oid FROM wanted w WHERE w.oid IS NOT NULL)
          UNION ALL
          SELECT n.nspname || '.*' FROM pg_catalog.pg_publication_namespace s JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid
          WHERE s.pnpubid = pg_publication.oid) AS o))
      ORDER BY pubname), '[]') FROM pg_catalog.pg_publication WHERE pubname IN (SELECT json_array_elements_text($2::json))),
  'tables', (SELECT coalesce(json_agg(json_build_object(
      'name', w.name, 'schema', w.schema, 'table', w."table", 'oid', w.oid::bigint, 'kind', coalesce(w.relkind::text, ''), 'persistence', coalesce(w.relpersistence::text, ''),
      'relfilenode', coalesce(w.relfilenode::bigint, 0), 'replicaIdentity', coalesce(w.relreplident::text, ''),
      'identityColumns', (SELECT coalesce(json_agg(a.attname ORDER BY k.place), '[]') FROM pg_catalog.pg_index x
          CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
          WHERE x.indrelid = w.oid AND k.place <= x.indnkeyatts
            AND ((w.relreplident = 'd' AND x.indisprimary) OR (w.relreplident = 'i' AND x.indisreplident))),
      'rowSecurity', coalesce(w.relrowsecurity, false),
      'policies', (SELECT coalesce(json_agg(json_build_object('name', p.polname, 'oid', p.oid::bigint, 'xmin', p.xmin::text, 'permissive', p.polpermissive,
          'applies', p.polcmd IN ('r', '*') AND EXISTS (SELECT FROM unnest(p.polroles) AS o WHERE o IN (SELECT oid FROM grantees)),
          'showsAll', coalesce(pg_catalog.pg_get_expr(p.polqual, p.polrelid) = 'true', false)) ORDER BY p.polname), '[]')
          FROM pg_catalog.pg_policy p WHERE p.polrelid = w.oid),
      'columns', (SELECT coalesce(json_agg(json_build_object('name', a.attname, 'attnum', a.attnum, 'typeOid', a.atttypid::bigint,
          'typmod', CASE WHEN a.atttypid = 1700 THEN a.atttypmod ELSE -1 END,
          'labels', (SELECT coalesce(json_agg(json_build_array(e.oid::bigint, pg_catalog.hashtextextended(e.enumlabel::text, 0)::text) ORDER BY e.oid), '[]')
              FROM pg_catalog.pg_enum e WHERE e.enumtypid IN (
                a.atttypid, (SELECT t.typbasetype FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid AND t.typtype = 'd')))) ORDER BY a.attnum), '[]')
          FROM pg_catalog.pg_attribute a WHERE a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND a.attname IN (SELECT json_array_elements_text(w.columns))),
      'members', (SELECT coalesce(json_agg(json_build_object('publication', p.pubname, 'oid', m.oid::bigint,
          'columns', (SELECT coalesce(json_agg(k ORDER BY k), '[]') FROM unnest(m.prattrs::int2[]) AS k), 'filtered', m.prqual IS NOT NULL) ORDER BY p.pubname), '[]')
          FROM pg_catalog.pg_publication_rel m JOIN pg_catalog.pg_publication p ON p.oid = m.prpubid
          WHERE m.prrelid = w.oid AND p.pubname IN (SELECT json_array_elements_text($2::json))),
      'leaves', (SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'table', c.relname, 'oid', c.oid::bigint, 'relfilenode', c.relfilenode::bigint, 'kind', c.relkind,
          'persistence', c.relpersistence, 'inheritsXmin', t.xmin, 'detaching', t.detaching) ORDER BY c.oid), '[]')
          FROM tree t JOIN pg_catalog.pg_class c ON c.oid = t.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE t.root = w.oid)
    ) ORDER BY w.place), '[]') FROM wanted w)
) AS epoch,
trunc(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint::text AS at`;
}
