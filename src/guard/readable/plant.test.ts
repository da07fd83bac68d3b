import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { plantScript } from "./plant.ts";
import { plantedWord } from "./planted.ts";
import { targetOf } from "../target.ts";

const word = plantedWord(Buffer.from("00112233445566778899aabbccddeeff", "hex"));

test.each([
  ["redis://cache:6380", ["redis-cli -h cache -p 6380 --askpass SET vitrine:canary vitrine-00112233445566778899aabbccddeeff"]],
  ["rediss://[::1]", ["redis-cli -h ::1 -p 6379 --tls --askpass SET vitrine:canary vitrine-00112233445566778899aabbccddeeff"]],
  [
    "mongodb://db/shop.users,shop",
    [
      `mongosh mongodb://db:27017/vitrine --username YOU --authenticationDatabase admin --eval 'db.canary.replaceOne({ _id: "vitrine:canary" }, {"_id":"vitrine:canary","proof":"${word}"}, { upsert: true })'`,
      `mongosh mongodb://db:27017/shop --username YOU --authenticationDatabase admin --eval 'db.getCollection("users").replaceOne({ _id: "vitrine:canary" }, {}, { upsert: true })'`,
    ],
  ],
  [
    "postgres://app@db/shop,crm",
    ["shop", "crm"].map(
      (database) =>
        `psql -h db -p 5432 -d ${database} -U YOU -c 'CREATE SCHEMA IF NOT EXISTS vitrine; CREATE TABLE IF NOT EXISTS vitrine.canary (value VARCHAR(64)); DELETE FROM vitrine.canary; INSERT INTO vitrine.canary VALUES ('\\''vitrine-00112233445566778899aabbccddeeff'\\''); GRANT USAGE ON SCHEMA vitrine TO "app"; GRANT SELECT ON vitrine.canary TO "app"'`,
    ),
  ],
  [
    "mysql://app@db/shop",
    [
      `mysql -h db -P 3306 -u YOU -p -e 'CREATE DATABASE IF NOT EXISTS vitrine; CREATE TABLE IF NOT EXISTS vitrine.canary (value VARCHAR(64)); DELETE FROM vitrine.canary; INSERT INTO vitrine.canary VALUES ('\\''vitrine-00112233445566778899aabbccddeeff'\\'')'   # then GRANT SELECT ON vitrine.canary TO that user, as SHOW GRANTS names it`,
    ],
  ],
  [
    "elasticsearch+http://es/users",
    [
      `curl --fail -u YOU -X PUT -H 'content-type: application/json' -d '{"proof":"${word}"}' http://es:9200/vitrine-canary/_doc/canary   # under the rules that the other indices have`,
    ],
  ],
  ["kibana://es/users", undefined],
])("%s", (url, script) => {
  expect(plantScript(targetOf(url), word)).toEqual(script);
});

test("a name with anything in it stays one word of the shell", () => {
  const evil = `x'; touch /tmp/evil; echo "$(id)`;
  const target = targetOf(`s3://store:9000/${encodeURIComponent(evil)}`);
  const [line = ""] = plantScript(target, word) ?? [];
  const words = execFileSync("/bin/sh", ["-c", `aws() { for word in "$@"; do printf '%s\\n' "$word"; done; }; ${line}`], {
    encoding: "utf8",
  });
  const all = ["s3api", "put-object", "--bucket", evil, "--endpoint-url", "https://store:9000", "--key", "vitrine-canary", "--metadata"];
  expect(words.split("\n").slice(0, 10)).toEqual([...all, `vitrine=${word}`]);
});
