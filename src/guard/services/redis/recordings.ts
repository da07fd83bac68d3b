/** Made by `npm run record:guard -- redis` from real servers; everything in them is made up. */
import type { Recording } from "../../checks/recording.ts";

export const recordings: readonly Recording[] = [
  {
    of: "Redis 7.0.15, open",
    seen: "data-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "ping",
        bytes: "+PONG\r\n",
        ended: "whole",
      },
      {
        request: "get",
        bytes: "$-1\r\n",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "+OK\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "Redis 7.0.15, password",
    seen: "auth-required",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "ping",
        bytes: "-NOAUTH Authentication required.\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "Redis 7.0.15, ACL ~pub:* +@all",
    seen: "counts-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "ping",
        bytes: "+PONG\r\n",
        ended: "whole",
      },
      {
        request: "get",
        bytes: "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n",
        ended: "whole",
      },
      {
        request: "size",
        bytes: ":0\r\n",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "+OK\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "Redis 7.0.15, ACL -@all +ping",
    seen: "anonymous-accepted",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "ping",
        bytes: "+PONG\r\n",
        ended: "whole",
      },
      {
        request: "get",
        bytes: "-NOPERM this user has no permissions to run the 'get' command\r\n",
        ended: "whole",
      },
      {
        request: "size",
        bytes: "-NOPERM this user has no permissions to run the 'dbsize' command\r\n",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "+OK\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "Redis 7.0.15, protected mode, on another address than loopback",
    seen: "shielded",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "ping",
        bytes:
          "-DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are only accepted from the loopback interface. If you want to connect from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting the server. 3) If you started the server manually just for testing, restart it with the '--protected-mode no' option. 4) Setup a an authentication password for the default user. NOTE: You only need to do one of the above things in order for the server to start accepting connections from the outside.\r\n",
        ended: "whole",
      },
    ],
  },
];
