/**
 * What a source that was tampered with, or is not as the policy wants it, gets at the start: exact code, place, message and remedy of
 * each case; and the remedy, done to the letter, mends it.
 *
 * Elsewhere: the same while Vitrine runs, shown in `status` and proof (test/shows/grants.pg.test.ts, test/shows/epoch.pg.test.ts); all
 * that apply sets right (src/policy/plan.pg.test.ts); every finding on made-up catalogs (src/source/preflight.test.ts); every name and
 * type that the source may lack (src/policy/compile.test.ts).
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tryOut } from "../../src/cli/reader/prove.ts";
import type { PostgresServer } from "../support/postgres.ts";
import { startPostgres } from "../support/postgres.ts";
import type { Place, Refusal } from "./small-world.ts";
import { administer, makePlace, refusalOf, schemaSql } from "./small-world.ts";

let place: Place;
let server: PostgresServer;
let url: string;

beforeAll(async () => {
  place = await makePlace();
  server = await startPostgres({ settings: { max_slot_wal_keep_size: "1GB" } });
  await administer(server.url, schemaSql, "CREATE ROLE analysts");
  await place.apply(server.url);
  url = place.readerUrl(server.url);
});
afterAll(async () => {
  await server.stop();
  place[Symbol.dispose]();
});

interface Case {
  readonly name: string;
  /** What somebody does by hand. */
  readonly act: readonly string[];
  readonly said: Refusal;
  /** Statements of the remedy, or `apply`. */
  readonly mend: "apply" | readonly string[];
  /** Takes back what the remedy leaves of the case. */
  readonly after?: readonly string[];
}

const apply = "VITRINE_ADMIN_URL=… vitrine apply";
const publicationDiffers = (how: string): Refusal => ({
  code: "source/publication-differs",
  place: "vitrine",
  message: `The publication vitrine ${how}.`,
  remedy: apply,
});
const lists = {
  accounts: "accounts (id, country)",
  devices: "devices (id, account_id, model, activated_at)",
  attempts: "attempts (id, at, device_id, ok)",
};

const refused: readonly Case[] = [
  {
    name: "the role lacks a grant",
    act: ["REVOKE SELECT (model) ON devices FROM vitrine_reader"],
    said: {
      code: "source/grant-missing",
      place: "public.devices.model",
      message: "vitrine_reader may not read public.devices.model.",
      remedy: 'GRANT SELECT ("model") ON "public"."devices" TO "vitrine_reader"; or: vitrine apply',
    },
    mend: ['GRANT SELECT ("model") ON "public"."devices" TO "vitrine_reader"'],
  },
  {
    name: "the role lacks a grant, and has it through a role that it does not inherit from",
    act: [
      "REVOKE SELECT (model) ON devices FROM vitrine_reader",
      "GRANT SELECT (model) ON devices TO analysts",
      "GRANT analysts TO vitrine_reader",
    ],
    said: {
      code: "source/grant-missing",
      place: "public.devices.model",
      message: "vitrine_reader may not read public.devices.model.",
      remedy: 'GRANT SELECT ("model") ON "public"."devices" TO "vitrine_reader"; or: vitrine apply',
    },
    mend: "apply",
    after: ["REVOKE SELECT (model) ON devices FROM analysts"],
  },
  {
    name: "the schema may not be used",
    act: ["REVOKE USAGE ON SCHEMA public FROM PUBLIC, vitrine_reader"],
    said: {
      code: "source/schema-usage-missing",
      place: "public",
      message: "vitrine_reader may not use the schema public.",
      remedy: 'GRANT USAGE ON SCHEMA "public" TO "vitrine_reader"; or: vitrine apply',
    },
    mend: "apply",
    after: ["GRANT USAGE ON SCHEMA public TO PUBLIC"],
  },
  {
    name: "the role reads all data",
    act: ["GRANT pg_read_all_data TO vitrine_reader"],
    said: {
      code: "source/role-too-strong",
      place: "vitrine_reader",
      message: "vitrine_reader can read what the policy does not name: pg_read_all_data.",
      remedy: 'REVOKE pg_read_all_data FROM "vitrine_reader"',
    },
    mend: ['REVOKE pg_read_all_data FROM "vitrine_reader"'],
  },
  {
    name: "the role goes past row-level security",
    act: ["ALTER ROLE vitrine_reader BYPASSRLS"],
    said: {
      code: "source/role-too-strong",
      place: "vitrine_reader",
      message: "vitrine_reader can read what the policy does not name: BYPASSRLS.",
      remedy: 'ALTER ROLE "vitrine_reader" NOBYPASSRLS',
    },
    mend: ['ALTER ROLE "vitrine_reader" NOBYPASSRLS'],
  },
  {
    name: "another table inherits from a declared one",
    act: ["CREATE TABLE old_devices () INHERITS (devices)"],
    said: {
      code: "source/table-kind",
      place: "public.devices",
      message: "public.old_devices inherits from public.devices: a query of that reads its rows as well, and the copy would not have them.",
      remedy: 'ALTER TABLE public.old_devices NO INHERIT "public"."devices"',
    },
    mend: ['ALTER TABLE public.old_devices NO INHERIT "public"."devices"'],
    after: ["DROP TABLE old_devices"],
  },
  {
    name: "the role may make roles, and so give itself what others have",
    act: ["ALTER ROLE vitrine_reader CREATEROLE"],
    said: {
      code: "source/role-too-strong",
      place: "vitrine_reader",
      message: "vitrine_reader can read what the policy does not name: CREATEROLE.",
      remedy: 'ALTER ROLE "vitrine_reader" NOCREATEROLE',
    },
    mend: ['ALTER ROLE "vitrine_reader" NOCREATEROLE'],
  },
  {
    name: "the role reads the server's files",
    act: ["GRANT pg_read_server_files TO vitrine_reader"],
    said: {
      code: "source/role-too-strong",
      place: "vitrine_reader",
      message: "vitrine_reader can read what the policy does not name: pg_read_server_files.",
      remedy: 'REVOKE pg_read_server_files FROM "vitrine_reader"',
    },
    mend: ['REVOKE pg_read_server_files FROM "vitrine_reader"'],
  },
  {
    name: "the role may not replicate",
    act: ["ALTER ROLE vitrine_reader NOREPLICATION"],
    said: {
      code: "source/role-no-replication",
      place: "vitrine_reader",
      message: "vitrine_reader has not the attribute REPLICATION.",
      remedy: 'ALTER ROLE "vitrine_reader" REPLICATION',
    },
    mend: ['ALTER ROLE "vitrine_reader" REPLICATION'],
  },
  {
    name: "the publication lost a column",
    act: [`ALTER PUBLICATION vitrine SET TABLE ${lists.accounts}, devices (id, account_id, model), ${lists.attempts}`],
    said: publicationDiffers("has another column list for public.devices"),
    mend: "apply",
  },
  {
    name: "the publication got a column",
    act: [`ALTER PUBLICATION vitrine SET TABLE accounts (id, country, email), ${lists.devices}, ${lists.attempts}`],
    said: publicationDiffers("has another column list for public.accounts"),
    mend: "apply",
  },
  {
    name: "the publication got a filter of rows",
    act: [`ALTER PUBLICATION vitrine SET TABLE ${lists.accounts} WHERE (id > 5), ${lists.devices}, ${lists.attempts}`],
    said: publicationDiffers("filters rows of public.accounts"),
    mend: "apply",
  },
  {
    name: "the publication lost a table",
    act: ["ALTER PUBLICATION vitrine DROP TABLE devices"],
    said: publicationDiffers("lacks public.devices"),
    mend: "apply",
  },
  {
    name: "the publication got a table",
    act: ["ALTER PUBLICATION vitrine ADD TABLE log (at)"],
    said: publicationDiffers("has a table that the policy does not name"),
    mend: "apply",
  },
  {
    name: "the publication lost deletes",
    act: ["ALTER PUBLICATION vitrine SET (publish = 'insert, update')"],
    said: publicationDiffers("publishes other operations"),
    mend: "apply",
  },
  {
    name: "the publication is gone",
    act: ["DROP PUBLICATION vitrine"],
    said: publicationDiffers("does not exist"),
    mend: "apply",
  },
  {
    name: "REPLICA IDENTITY FULL",
    act: ["ALTER TABLE devices REPLICA IDENTITY FULL"],
    said: {
      code: "policy/identity-full",
      place: "vitrine.yaml:11:3",
      message: "public.devices has REPLICA IDENTITY FULL: with a column list every update and delete on it would fail.",
      remedy: "ALTER TABLE public.devices REPLICA IDENTITY DEFAULT",
    },
    mend: ["ALTER TABLE public.devices REPLICA IDENTITY DEFAULT"],
  },
  {
    name: "REPLICA IDENTITY NOTHING",
    act: ["ALTER TABLE devices REPLICA IDENTITY NOTHING"],
    said: {
      code: "policy/no-identity",
      place: "vitrine.yaml:11:3",
      message: "public.devices has no replica identity: published, every update and delete on it would fail.",
      remedy: "ALTER TABLE public.devices REPLICA IDENTITY DEFAULT (it needs a primary key), or declare it `append_only: true`.",
    },
    mend: ["ALTER TABLE public.devices REPLICA IDENTITY DEFAULT"],
  },
  {
    name: "row-level security without a policy for the reader",
    act: ["ALTER TABLE devices ENABLE ROW LEVEL SECURITY"],
    said: {
      code: "source/row-security",
      place: "public.devices",
      message: "Row-level security is on for public.devices and no policy lets vitrine_reader see all rows.",
      remedy: 'CREATE POLICY vitrine_reader ON "public"."devices" FOR SELECT TO "vitrine_reader" USING (true); or: vitrine apply',
    },
    mend: ['CREATE POLICY vitrine_reader ON "public"."devices" FOR SELECT TO "vitrine_reader" USING (true)'],
    after: ["ALTER TABLE devices DISABLE ROW LEVEL SECURITY", "DROP POLICY vitrine_reader ON devices"],
  },
  {
    name: "row-level security with a restrictive policy",
    act: [
      "ALTER TABLE devices ENABLE ROW LEVEL SECURITY",
      "CREATE POLICY all_rows ON devices FOR SELECT USING (true)",
      "CREATE POLICY few_rows ON devices AS RESTRICTIVE FOR SELECT TO PUBLIC USING (id > 5)",
    ],
    said: {
      code: "source/row-security",
      place: "public.devices",
      message: "The restrictive policy few_rows hides rows of public.devices from vitrine_reader.",
      remedy: 'ALTER POLICY "few_rows" ON "public"."devices" TO the_roles_that_it_is_for',
    },
    mend: ['ALTER POLICY "few_rows" ON "public"."devices" TO analysts'],
    after: ["ALTER TABLE devices DISABLE ROW LEVEL SECURITY", "DROP POLICY few_rows ON devices", "DROP POLICY all_rows ON devices"],
  },
  {
    name: "a table without a key",
    act: ["ALTER TABLE attempts DROP CONSTRAINT attempts_pkey"],
    said: {
      code: "policy/no-identity",
      place: "vitrine.yaml:20:3",
      message: "public.attempts has no replica identity: published, every update and delete on it would fail.",
      remedy: "Add a primary key, or declare the table `append_only: true`.",
    },
    mend: ["ALTER TABLE attempts ADD PRIMARY KEY (id)"],
  },
  {
    name: "a declared key that is no part of the identity",
    act: ["ALTER TABLE attempts DROP CONSTRAINT attempts_pkey", "ALTER TABLE attempts ADD PRIMARY KEY (at, device_id)"],
    said: {
      code: "policy/key-not-identity",
      place: "vitrine.yaml:22:16",
      message: "`id` is no part of the replica identity of public.attempts (at, device_id).",
      remedy: "Declare a column of the primary key, or set REPLICA IDENTITY USING INDEX with an index that holds it.",
    },
    mend: [
      "ALTER TABLE attempts ADD UNIQUE (id)",
      "ALTER TABLE attempts ALTER id SET NOT NULL",
      "ALTER TABLE attempts REPLICA IDENTITY USING INDEX attempts_id_key",
    ],
    after: [
      "ALTER TABLE attempts DROP CONSTRAINT attempts_pkey",
      "ALTER TABLE attempts DROP CONSTRAINT attempts_id_key",
      "ALTER TABLE attempts ADD PRIMARY KEY (id)",
      "ALTER TABLE attempts REPLICA IDENTITY DEFAULT",
      "ALTER TABLE attempts ALTER at DROP NOT NULL",
      "ALTER TABLE attempts ALTER device_id DROP NOT NULL",
    ],
  },
  {
    name: "a table that does not exist",
    act: ["ALTER TABLE devices RENAME TO gadgets"],
    said: {
      code: "policy/table-missing",
      place: "vitrine.yaml:11:3",
      message: "The table public.devices does not exist (or the administrator does not see it).",
      remedy: "Known here: `public.accounts`, `public.attempts`, `public.gadgets`, `public.log`.",
    },
    mend: ["ALTER TABLE gadgets RENAME TO devices"],
  },
  {
    name: "a column that does not exist",
    act: ["ALTER TABLE devices RENAME model TO modell"],
    said: {
      code: "policy/column-missing",
      place: "vitrine.yaml:16:7",
      message: "public.devices has no column `model`.",
      remedy: "Did you mean `modell`?",
    },
    mend: ["ALTER TABLE devices RENAME modell TO model"],
  },
];

describe("refused at the start", () => {
  for (const { name, act, said, mend, after = [] } of refused) {
    test(name, async () => {
      try {
        await administer(server.url, ...act);
        expect(await refusalOf(() => place.prepare(url))).toEqual(said);
        if (mend === "apply") await place.apply(server.url);
        else await administer(server.url, ...mend);
        await expect(place.prepare(url)).resolves.toBeDefined();
      } finally {
        await administer(server.url, ...after);
      }
    });
  }
});

describe("lets the reader start, is shown and is in the proof", () => {
  const email = (via: string, remedy: string) => ({
    code: "source/grant-extra",
    place: "public.accounts.email",
    message: `vitrine_reader may read public.accounts.email, which the policy does not let out (through ${via}).`,
    remedy,
  });
  const cases: readonly (readonly [name: string, act: string, notice: object, mend: string, red: boolean])[] = [
    [
      "one grant too many, directly",
      "GRANT SELECT (email) ON accounts TO vitrine_reader",
      email("vitrine_reader", 'REVOKE SELECT ("email") ON "public"."accounts" FROM "vitrine_reader"'),
      'REVOKE SELECT ("email") ON "public"."accounts" FROM "vitrine_reader"',
      true,
    ],
    ["the whole table granted", "GRANT SELECT ON accounts TO vitrine_reader", email("vitrine_reader", "vitrine apply"), "apply", true],
    [
      "one grant too many, through PUBLIC",
      "GRANT SELECT (email) ON accounts TO PUBLIC",
      email("PUBLIC", 'REVOKE SELECT ("email") ON "public"."accounts" FROM PUBLIC'),
      'REVOKE SELECT ("email") ON "public"."accounts" FROM PUBLIC',
      true,
    ],
    [
      // The role does not inherit: whoever has the credential says SET ROLE first.
      "one grant too many, through a role",
      "GRANT SELECT (email) ON accounts TO analysts; GRANT analysts TO vitrine_reader",
      email("analysts", 'REVOKE "analysts" FROM "vitrine_reader"'),
      'REVOKE "analysts" FROM "vitrine_reader"',
      true,
    ],
    [
      "a right to write",
      "GRANT DELETE ON accounts TO vitrine_reader",
      {
        code: "source/role-writes",
        place: "public.accounts",
        message: "vitrine_reader may DELETE on public.accounts.",
        remedy: 'REVOKE DELETE ON "public"."accounts" FROM "vitrine_reader", PUBLIC',
      },
      'REVOKE DELETE ON "public"."accounts" FROM "vitrine_reader", PUBLIC',
      false,
    ],
    [
      "another publication of a mirrored table",
      "CREATE PUBLICATION everything FOR ALL TABLES",
      {
        code: "source/publication-other",
        place: "everything",
        message: "The publication everything contains a mirrored table: this credential could read what it publishes.",
        remedy: 'DROP PUBLICATION "everything", if nobody needs it',
      },
      'DROP PUBLICATION "everything"',
      false,
    ],
  ];
  for (const [name, act, notice, mend, red] of cases) {
    test(name, async () => {
      const prepared = await place.prepare(url);
      const proof = async () => {
        const { verdicts, notices } = await tryOut(prepared, { at: 0, probeSlot: "refusals_probe" });
        return { level: verdicts.find((one) => one.name === "select-and-copy")?.level, notices };
      };
      await administer(server.url, act);
      expect(await proof()).toEqual({ level: red ? "red" : "green", notices: [notice] });
      await expect(place.prepare(url)).resolves.toMatchObject({ findings: [{ ...notice, blocking: false }] });
      if (mend === "apply") await place.apply(server.url);
      else await administer(server.url, mend);
      expect(await proof()).toEqual({ level: "green", notices: [] });
    });
  }
});
