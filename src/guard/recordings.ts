/** The recorded conversations of every checker, by its service. */
import type { Recording } from "./recording.ts";
import { recordings as elasticsearch } from "./services/elasticsearch/recordings.ts";
import { recordings as memcached } from "./services/memcached/recordings.ts";
import { recordings as postgresql } from "./services/postgresql/recordings.ts";
import { recordings as redis } from "./services/redis/recordings.ts";

export const recordings: Readonly<Record<string, readonly Recording[]>> = { elasticsearch, memcached, postgresql, redis };
