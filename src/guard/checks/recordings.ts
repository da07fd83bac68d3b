/** The recorded conversations of every checker, by its service. */
import type { Recording } from "./recording.ts";
import { recordings as elasticsearch } from "../services/elasticsearch/recordings.ts";
import { recordings as kibana } from "../services/kibana/recordings.ts";
import { recordings as memcached } from "../services/memcached/recordings.ts";
import { recordings as mongodb } from "../services/mongodb/recordings.ts";
import { recordings as mysql } from "../services/mysql/recordings.ts";
import { recordings as postgresql } from "../services/postgresql/recordings.ts";
import { recordings as redis } from "../services/redis/recordings.ts";
import { recordings as s3 } from "../services/s3/recordings.ts";
import { recordings as vitrine } from "../services/vitrine/recordings.ts";

export const recordings: Readonly<Record<string, readonly Recording[]>> = {
  elasticsearch,
  kibana,
  memcached,
  mongodb,
  mysql,
  postgresql,
  redis,
  s3,
  vitrine,
};
