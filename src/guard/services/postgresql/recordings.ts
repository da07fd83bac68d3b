/** Made by `npm run record:guard -- postgresql` from real servers; everything in them is made up. */
import type { Recording } from "../../checks/recording.ts";

export const recordings: readonly Recording[] = [
  {
    of: "PostgreSQL 18.4, trust",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["metrics"],
    user: "openrole",
    heard: [
      {
        request: "startup 0",
        bytes: "R\u0000\u0000\u0000\b\u0000\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "terminate",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "PostgreSQL 18.4, (openrole, metrics) alone open, and named",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["postgres", "template1", "metrics"],
    user: "openrole",
    heard: [
      {
        request: "startup 0",
        bytes: "R\u0000\u0000\u0000\u0017\u0000\u0000\u0000\nSCRAM-SHA-256\u0000\u0000",
        ended: "whole",
      },
      {
        request: "startup 1",
        bytes: "R\u0000\u0000\u0000\u0017\u0000\u0000\u0000\nSCRAM-SHA-256\u0000\u0000",
        ended: "whole",
      },
      {
        request: "startup 2",
        bytes: "R\u0000\u0000\u0000\b\u0000\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "terminate",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "PostgreSQL 18.4, (openrole, metrics) alone open, another named",
    seen: "auth-required",
    channel: "plain",
    names: ["postgres"],
    user: "openrole",
    heard: [
      {
        request: "startup 0",
        bytes: "R\u0000\u0000\u0000\u0017\u0000\u0000\u0000\nSCRAM-SHA-256\u0000\u0000",
        ended: "whole",
      },
    ],
  },
  {
    of: "PostgreSQL 18.4, md5",
    seen: "auth-required",
    channel: "plain",
    names: ["metrics"],
    user: "bymd5",
    heard: [
      {
        request: "startup 0",
        bytes: "R\u0000\u0000\u0000\f\u0000\u0000\u0000\u0005=*¼ø",
        ended: "whole",
      },
    ],
  },
  {
    of: "PostgreSQL 18.4, password in clear text",
    seen: "auth-required",
    channel: "plain",
    names: ["metrics"],
    user: "inclear",
    heard: [
      {
        request: "startup 0",
        bytes: "R\u0000\u0000\u0000\b\u0000\u0000\u0000\u0003",
        ended: "whole",
      },
    ],
  },
  {
    of: "PostgreSQL 18.4, reject",
    seen: "closed",
    channel: "plain",
    names: ["metrics"],
    user: "rejected",
    heard: [
      {
        request: "startup 0",
        bytes:
          'E\u0000\u0000\u0000¦SFATAL\u0000VFATAL\u0000C28000\u0000Mpg_hba.conf rejects connection for host "127.0.0.1", user "rejected", database "metrics", no encryption\u0000Fauth.c\u0000L468\u0000RClientAuthentication\u0000\u0000',
        ended: "whole",
      },
    ],
  },
  {
    of: "PostgreSQL 18.4, open in TLS alone",
    seen: "anonymous-accepted",
    channel: "tls",
    names: ["metrics"],
    user: "intls",
    heard: [
      {
        request: "ssl",
        bytes: "S",
        ended: "whole",
      },
      {
        request: "startup 0",
        bytes: "R\u0000\u0000\u0000\b\u0000\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "terminate",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "PostgreSQL 15.18, md5",
    seen: "auth-required",
    channel: "plain",
    names: ["metrics"],
    user: "bymd5",
    heard: [
      {
        request: "startup 0",
        bytes: "R\u0000\u0000\u0000\f\u0000\u0000\u0000\u0005Sy\u001e",
        ended: "whole",
      },
    ],
  },
  {
    of: "PostgreSQL 15.18, reject",
    seen: "closed",
    channel: "plain",
    names: ["metrics"],
    user: "rejected",
    heard: [
      {
        request: "startup 0",
        bytes:
          'E\u0000\u0000\u0000¦SFATAL\u0000VFATAL\u0000C28000\u0000Mpg_hba.conf rejects connection for host "127.0.0.1", user "rejected", database "metrics", no encryption\u0000Fauth.c\u0000L482\u0000RClientAuthentication\u0000\u0000',
        ended: "whole",
      },
    ],
  },
];
