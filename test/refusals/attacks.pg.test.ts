/** Attacks on the source's side by others who may write in its database, each a test of its name. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyOnce, openAdmin } from "../../src/cli/commands/administer.ts";
import { runDetach } from "../../src/policy/apply.ts";
import { planDetach } from "../../src/policy/detach.ts";
import { readCatalog } from "../../src/source/catalog-read.ts";
import type { PostgresServer } from "../support/postgres.ts";
import { startPostgres } from "../support/postgres.ts";
import type { Place } from "./small-world.ts";
import { administer, makePlace, schemaSql } from "./small-world.ts";

let place: Place;
let server: PostgresServer;

beforeAll(async () => {
  place = await makePlace();
  server = await startPostgres({ settings: { max_slot_wal_keep_size: "1GB" } });
  await administer(server.url, schemaSql);
});
afterAll(async () => {
  await server.stop();
  place[Symbol.dispose]();
});

/** Operators and functions that fit our statements better than PostgreSQL's own would, and note who runs them. */
const planted = ["name, text", "text, name"].map((types) => {
  const [left, right] = types.split(", ");
  const name = `fits_${left}`;
  return `
    CREATE FUNCTION public.${name}(${types}) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
      BEGIN INSERT INTO public.caught VALUES (current_user); EXCEPTION WHEN OTHERS THEN NULL; END;
      RETURN $1::text OPERATOR(pg_catalog.||) $2::text;
    END $$;
    CREATE OPERATOR public.|| (LEFTARG = ${left}, RIGHTARG = ${right}, FUNCTION = public.${name})`;
});

test("an operator that somebody planted in the schema public is run neither by apply nor by the reader", async () => {
  await administer(
    server.url,
    "CREATE ROLE mallory LOGIN PASSWORD 'x'",
    "GRANT CREATE, USAGE ON SCHEMA public TO mallory",
    "CREATE TABLE public.caught (who text)",
    "GRANT INSERT ON public.caught TO PUBLIC",
  );
  const mallory = new URL(server.url);
  mallory.username = "mallory";
  mallory.password = "x";
  await administer(mallory.href, ...planted);
  // The trap works: who writes such a statement with the server's search path falls into it.
  await administer(server.url, "SELECT nspname || '.' FROM pg_namespace WHERE nspname = 'public'");
  expect(await administer(server.url, "DELETE FROM public.caught RETURNING who")).toEqual([{ who: "postgres" }]);

  await place.apply(server.url);
  await place.prepare(place.readerUrl(server.url));
  expect(await administer(server.url, "SELECT who FROM public.caught")).toEqual([]);
  await administer(server.url, "REVOKE INSERT ON public.caught FROM PUBLIC", "DROP OWNED BY mallory; DROP ROLE mallory");
});

test("a production table that somebody gave to the reader outlives detach", async () => {
  await place.apply(server.url);
  await administer(
    server.url,
    "CREATE TABLE invoices (id int)",
    "INSERT INTO invoices VALUES (1)",
    "ALTER TABLE invoices OWNER TO vitrine_reader",
  );
  await using admin = await openAdmin(server.url, {});
  const role = "vitrine_reader";
  const catalog = await readCatalog(admin.session, { tables: [{ schema: "public", table: "accounts" }], role });
  await runDetach(admin.session, planDetach(catalog, { slotPrefix: "vitrine_00000000_" }));
  expect(await administer(server.url, "SELECT count(*)::int AS count FROM invoices")).toEqual([{ count: 1 }]);
  expect(await administer(server.url, `SELECT rolname FROM pg_roles WHERE rolname = '${role}'`)).toEqual([]);
});

test("a password that could not be kept is not given to the role", async () => {
  await place.apply(server.url);
  const verifier = async () => administer(server.url, "SELECT rolpassword FROM pg_authid WHERE rolname = 'vitrine_reader'");
  const before = await verifier();
  await using admin = await openAdmin(server.url, {});
  // A file stands where the folder should be.
  const config = { ...place.config, passwordFile: join(place.config.configFile, "reader.pass") };
  await expect(applyOnce({ ...admin, config, newPassword: true })).rejects.toMatchObject({
    code: "cli/credential-unwritable",
    place: config.passwordFile,
  });
  expect(await verifier()).toEqual(before);
});

test("detach says which slots of another state folder it leaves", async () => {
  const left = "vitrine_0123abcd_4";
  await administer(server.url, `SELECT pg_create_logical_replication_slot('${left}', 'pgoutput')`);
  await using admin = await openAdmin(server.url, {});
  const catalog = await readCatalog(admin.session, { tables: [], role: "vitrine_reader" });
  const plan = planDetach(catalog, { slotPrefix: "vitrine_00000000_" });
  expect(plan.slots).toEqual([]);
  expect(plan.findings.map((one) => one.remedy)).toEqual([`If that one is gone: SELECT pg_drop_replication_slot('${left}')`]);
  await administer(server.url, `SELECT pg_drop_replication_slot('${left}')`);
});
