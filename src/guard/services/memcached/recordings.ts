/** Made by `npm run record:guard -- memcached` from real servers; everything in them is made up. */
import type { Recording } from "../../checks/recording.ts";

export const recordings: readonly Recording[] = [
  {
    of: "memcached 1.6.18, open",
    seen: "data-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "get",
        bytes: "END\r\n",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
      {
        request: "datagram",
        noConnection: "refused",
      },
    ],
  },
  {
    of: "memcached 1.6.18, login (-Y)",
    seen: "auth-required",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "get",
        bytes: "CLIENT_ERROR unauthenticated\r\n",
        ended: "whole",
      },
      {
        request: "datagram",
        noConnection: "refused",
      },
    ],
  },
  {
    of: "memcached 1.6.18, TCP and UDP",
    seen: "data-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "get",
        bytes: "END\r\n",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
      {
        request: "datagram",
        bytes: "\u0000\u0001\u0000\u0000\u0000\u0001\u0000\u0000END\r\n",
        ended: "whole",
      },
    ],
  },
  {
    of: "memcached 1.6.18, TCP off, UDP on",
    seen: "data-readable",
    channel: "plain",
    names: [],
    heard: [
      {
        request: "get",
        noConnection: "refused",
      },
      {
        request: "datagram",
        bytes: "\u0000\u0001\u0000\u0000\u0000\u0001\u0000\u0000END\r\n",
        ended: "whole",
      },
    ],
  },
];
