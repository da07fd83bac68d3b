import { test } from "vitest";
import { readFileSync, cpSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { startPostgres } from "../support/postgres.ts";
import { setUpProduct } from "../kill/product.ts";
import { administer, declaration, schemaSql, serverFolder } from "./small-world.ts";
import { setTimeout as sleep } from "node:timers/promises";
test("explore", async () => {
  const folder = serverFolder();
  const settings = { max_slot_wal_keep_size: "32MB", max_wal_size: "32MB", min_wal_size: "32MB", wal_keep_size: "0", shared_buffers: "16MB" };
  let server = await startPostgres({ folder, settings, volatile: true });
  const port = server.port;
  await administer(server.url, schemaSql);
  await using product = await setUpProduct({ adminUrl: server.url, declaration });
  const status = async () => (await product.get("/v1/status"))?.body as any;
  const brief = (s: any) => s && { serving: s.serving, gens: s.generations.map((g: any) => ({ g: g.generation, phase: g.phase, lag: g.lagMs, applied: g.applied?.lsn, untrusted: g.untrusted, trouble: g.trouble, rows: g.rows })), readers: s.readers };
  const ready = async (what: string, limit = 20000) => {
    const t0 = Date.now(); let s: any;
    for (;;) { s = await status(); const g = s?.generations.find((x: any) => x.generation === s.serving); if (g?.phase === "ready" && g.proven && Date.parse(g.proven.at) > t0 && g.untrusted.length === 0 && s.generations.length === 1) break; if (Date.now() - t0 > limit) { console.log("NOT READY", what, JSON.stringify(brief(s), undefined, 1)); return; } await sleep(50); }
    console.log("READY", what, Date.now() - t0, "ms gen", s.serving, JSON.stringify(s.generations[0].rows), JSON.stringify((await administer(server.url, "select (select count(*) from accounts) a, (select count(*) from devices) d, (select count(*) from attempts) t"))[0]));
  };
  const tell = async (name: string) => console.log(name, JSON.stringify(brief(await status()), undefined, 1));
  await product.start();
  await ready("start");
  await administer(server.url, "alter table attempts drop constraint attempts_pkey", "alter table attempts add primary key (id, at)");
  await sleep(2500); await tell("key changed");
  await ready("key changed");
  await administer(server.url, "insert into attempts values (1, '2026-01-01', 1, true, '')");
  await sleep(1500); await tell("dup by stream");
  await administer(server.url, "delete from attempts where at = '2026-01-01'");
  await sleep(1500); await tell("dup gone");
  await ready("dup gone");
  // restart
  await server.stop();
  await sleep(2000); await tell("source away");
  // backup of now
  cpSync(join(folder, "data"), folder + "-old", { recursive: true });
  server = await startPostgres({ folder, settings, volatile: true, port });
  await ready("restarted");
  await administer(server.url, "insert into attempts select n, now(), 1, true, '' from generate_series(10001, 30000) n", "delete from attempts where id = 7");
  await ready("moved on");
  // replaced by old copy
  await server.stop();
  rmSync(join(folder, "data"), { recursive: true }); cpSync(folder + "-old", join(folder, "data"), { recursive: true });
  server = await startPostgres({ folder, settings, volatile: true, port });
  await administer(server.url, "insert into attempts values (90001, now(), 1, true, '')");
  await sleep(3000); await tell("old copy");
  await ready("old copy");
  // slot lost while product is stopped
  await product.stop();
  await administer(server.url, "create table filler (t text)");
  for (let i = 0; i < 6; i += 1) await administer(server.url, "insert into filler select repeat(md5(n::text), 100) from generate_series(1, 5000) n", "select pg_switch_wal()", "checkpoint");
  console.log(JSON.stringify(await administer(server.url, "select slot_name, wal_status, active from pg_replication_slots")));
  await product.start();
  await sleep(2500); await tell("slot lost");
  await ready("slot lost");
  // ahead
  await product.stop();
  console.log(JSON.stringify(await administer(server.url, "insert into attempts values (90002, now(), 1, true, '')", "select pg_replication_slot_advance(slot_name, pg_current_wal_lsn()) from pg_replication_slots")));
  await product.start();
  await sleep(2500); await tell("slot ahead");
  await ready("slot ahead");
  console.log(readFileSync(product.folder + "/product.log", "utf8").split("\n").slice(-60).join("\n"));
  await product.stop();
  // other cluster
  await server.stop();
  rmSync(folder, { recursive: true });
  server = await startPostgres({ folder: serverFolder(), settings, volatile: true, port });
  await administer(server.url, schemaSql, "delete from attempts where id > 500");
  await product.start();
  await sleep(2500); await tell("other cluster without role");
  console.log(await product.command(["apply"], { VITRINE_ADMIN_URL: server.url }));
  await sleep(2500); await tell("other cluster with");
  await ready("other cluster", 10000);
  console.log(readFileSync(product.folder + "/product.log", "utf8").split("\n").slice(-30).join("\n"));
  await product.stop();
  await administer(server.url, "select pg_drop_replication_slot(slot_name) from pg_replication_slots");
  await server.stop();
}, 300000);
