/* oxlint-disable max-lines -- each state of each server is a recording */
/** Made by `npm run record:guard -- mysql` from real servers; everything in them is made up. */
import type { Recording } from "../../checks/recording.ts";

export const recordings: readonly Recording[] = [
  {
    of: "MariaDB 10.11.19, user without a password",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["metrics"],
    user: "openuser",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\u0006\u0000\u0000\u0000><OXMWN_\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000vSy)]yk+4cuB\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "\u0007\u0000\u0000\u0002\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, password",
    seen: "closed",
    channel: "plain",
    names: ["metrics"],
    user: "bypassword",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\t\u0000\u0000\u0000BM=)TMc,\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000M!Xz~,\\m.:wm\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "M\u0000\u0000\u0002ÿ\u0015\u0004#28000Access denied for user 'bypassword'@'127.0.0.1' (using password: NO)",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, no such user",
    seen: "closed",
    channel: "plain",
    names: ["metrics"],
    user: "nosuchuser",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\f\u0000\u0000\u0000M{D$\"}p>\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000#3tqZNWKQ5T'\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "M\u0000\u0000\u0002ÿ\u0015\u0004#28000Access denied for user 'nosuchuser'@'127.0.0.1' (using password: NO)",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, user without a password, no database named",
    seen: "anonymous-accepted",
    channel: "plain",
    names: [],
    user: "openuser",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\u000f\u0000\u0000\u0000ANDJ%xSq\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000_is&`2v~75E9\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "\u0007\u0000\u0000\u0002\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, user without a password, no right to this database",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["metrics"],
    user: "bare",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\u0014\u0000\u0000\u00009/~PR.-7\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000j1V=m.9uds8Y\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "@\u0000\u0000\u0002ÿ\u0014\u0004#42000Access denied for user 'bare'@'%' to database 'metrics'",
        ended: "whole",
      },
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\u0015\u0000\u0000\u0000e#xV'^%<\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000>bRV7Of5sg*9\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login",
        bytes: "\u0007\u0000\u0000\u0002\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, user without a password, no such database",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["nosuch", "missing"],
    user: "everywhere",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\u001c\u0000\u0000\u0000d$$&4nR.\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000/B<F+DU^X!6,\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "\"\u0000\u0000\u0002ÿ\u0019\u0004#42000Unknown database 'nosuch'",
        ended: "whole",
      },
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\u001d\u0000\u0000\u0000}*RC6'_+\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000UL\\iyH8!;D#$\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 1",
        bytes: "#\u0000\u0000\u0002ÿ\u0019\u0004#42000Unknown database 'missing'",
        ended: "whole",
      },
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\u001e\u0000\u0000\u0000^hs)lhGg\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000TK\\m0DGt8U$R\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login",
        bytes: "\u0007\u0000\u0000\u0002\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, user without a password, database that is named last",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["mysql", "nosuch", "metrics"],
    user: "openuser",
    heard: [
      {
        request: "greeting",
        bytes:
          'd\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000%\u0000\u0000\u0000vqQ%_1u|\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u00000w(_&<>aL;"6\u0000mysql_native_password\u0000',
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "B\u0000\u0000\u0002ÿ\u0014\u0004#42000Access denied for user 'openuser'@'%' to database 'mysql'",
        ended: "whole",
      },
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000&\u0000\u0000\u0000z!2uxz}'\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000D`87KQ7]OU<k\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 1",
        bytes: "C\u0000\u0000\u0002ÿ\u0014\u0004#42000Access denied for user 'openuser'@'%' to database 'nosuch'",
        ended: "whole",
      },
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000'\u0000\u0000\u0000sdyV$J->\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u00000ty&M3U4B1kK\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 2",
        bytes: "\u0007\u0000\u0000\u0002\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, user without a password, in TLS alone",
    seen: "anonymous-accepted",
    channel: "tls",
    names: ["metrics"],
    user: "intls",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000*\u0000\u0000\u0000i;+b/a}p\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000:m:wh''+AF{\\\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "ssl database",
        bytes: "",
        ended: "whole",
      },
      {
        request: "login 0 tls",
        bytes: "\u0007\u0000\u0000\u0003\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, known by its process",
    seen: "closed",
    channel: "plain",
    names: [],
    user: "byprocess",
    heard: [
      {
        request: "greeting",
        bytes:
          'd\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000-\u0000\u0000\u0000;C"zfmqo\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000[Y/{BuIIu0/;\u0000mysql_native_password\u0000',
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "7\u0000\u0000\u0002ÿ¢\u0006#28000Access denied for user 'byprocess'@'127.0.0.1'",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, ed25519",
    seen: "unknown",
    channel: "plain",
    names: [],
    user: "byed25519",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u00000\u0000\u0000\u0000Eq)s,~Wy\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000z{ym7j1R-'xK\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "0\u0000\u0000\u0002þclient_ed25519\u0000mÞÏ6î_gï\u0014Í£¨)Ç¥\u001cØ(æEêq¢!MézÄðäà",
        ended: "whole",
      },
      {
        request: "empty",
        bytes: "M\u0000\u0000\u0004ÿ\u0015\u0004#28000Access denied for user 'byed25519'@'127.0.0.1' (using password: YES)",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, locked",
    seen: "unknown",
    channel: "plain",
    names: [],
    user: "locked",
    heard: [
      {
        request: "greeting",
        bytes:
          'd\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u00003\u0000\u0000\u0000\\p@/f8"?\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000Wy{!-]o8eu<k\u0000mysql_native_password\u0000',
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: ".\u0000\u0000\u0002ÿ7\u0010#HY000Access denied, this account is locked",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, user without a password, no TLS",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["metrics"],
    user: "openuser",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\u0006\u0000\u0000\u0000v3;l0I]w\u0000þ÷\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000a]3$XnCCcL4Z\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "\u0007\u0000\u0000\u0002\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, password, no TLS",
    seen: "closed",
    channel: "plain",
    names: ["metrics"],
    user: "bypassword",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\t\u0000\u0000\u0000>rFFjc4w\u0000þ÷\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000|,_}v[Ar?}|v\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "M\u0000\u0000\u0002ÿ\u0015\u0004#28000Access denied for user 'bypassword'@'127.0.0.1' (using password: NO)",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, user without a password, TLS asked for",
    seen: "anonymous-accepted",
    channel: "tls",
    names: ["metrics"],
    user: "openuser",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\u0006\u0000\u0000\u0000e^)N/='J\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000\"dU]RbwOb$'9\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "ssl database",
        bytes: "",
        ended: "whole",
      },
      {
        request: "login 0 tls",
        bytes: "\u0007\u0000\u0000\u0003\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, password, TLS asked for",
    seen: "closed",
    channel: "plain",
    names: ["metrics"],
    user: "bypassword",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\t\u0000\u0000\u00003V;b\\(P<\u0000þÿ\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000{va`?Z)Xcg^}\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "M\u0000\u0000\u0002ÿ\u0015\u0004#28000Access denied for user 'bypassword'@'127.0.0.1' (using password: NO)",
        ended: "whole",
      },
    ],
  },
  {
    of: "MySQL 5.5.9, user without a password",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["metrics"],
    user: "openuser",
    heard: [
      {
        request: "greeting",
        bytes:
          "H\u0000\u0000\u0000\n5.5.9\u0000\u0004\u0000\u0000\u0000,BH$wOb~\u0000ÿ÷\b\u0002\u0000\u000f\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000sFC]+]rHN/@2\u0000mysql_native_password",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "\u0007\u0000\u0000\u0002\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MySQL 5.5.9, password",
    seen: "closed",
    channel: "plain",
    names: ["metrics"],
    user: "bypassword",
    heard: [
      {
        request: "greeting",
        bytes:
          "H\u0000\u0000\u0000\n5.5.9\u0000\u0007\u0000\u0000\u0000!Clv-{F-\u0000ÿ÷\b\u0002\u0000\u000f\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000Ij[gs-#hd;:O\u0000mysql_native_password",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "M\u0000\u0000\u0002ÿ\u0015\u0004#28000Access denied for user 'bypassword'@'127.0.0.1' (using password: NO)",
        ended: "whole",
      },
    ],
  },
  {
    of: "MySQL 5.5.9, no such user",
    seen: "closed",
    channel: "plain",
    names: ["metrics"],
    user: "nosuchuser",
    heard: [
      {
        request: "greeting",
        bytes:
          'H\u0000\u0000\u0000\n5.5.9\u0000\n\u0000\u0000\u0000FRK`"%1h\u0000ÿ÷\b\u0002\u0000\u000f\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u00009%I#p/7euA!~\u0000mysql_native_password',
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "M\u0000\u0000\u0002ÿ\u0015\u0004#28000Access denied for user 'nosuchuser'@'127.0.0.1' (using password: NO)",
        ended: "whole",
      },
    ],
  },
  {
    of: "MySQL 5.5.9, user without a password, no database named",
    seen: "anonymous-accepted",
    channel: "plain",
    names: [],
    user: "openuser",
    heard: [
      {
        request: "greeting",
        bytes:
          "H\u0000\u0000\u0000\n5.5.9\u0000\r\u0000\u0000\u0000t\\OT;h{Q\u0000ÿ÷\b\u0002\u0000\u000f\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000`q6Y<^E|eeK(\u0000mysql_native_password",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "\u0007\u0000\u0000\u0002\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MySQL 5.5.9, user without a password, no right to this database",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["metrics"],
    user: "bare",
    heard: [
      {
        request: "greeting",
        bytes:
          "H\u0000\u0000\u0000\n5.5.9\u0000\u0011\u0000\u0000\u0000f}dZu^Vs\u0000ÿ÷\b\u0002\u0000\u000f\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000dxOazaWpOw+k\u0000mysql_native_password",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "@\u0000\u0000\u0002ÿ\u0014\u0004#42000Access denied for user 'bare'@'%' to database 'metrics'",
        ended: "whole",
      },
      {
        request: "greeting",
        bytes:
          "H\u0000\u0000\u0000\n5.5.9\u0000\u0012\u0000\u0000\u0000;k*,A?Z)\u0000ÿ÷\b\u0002\u0000\u000f\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000Xcha-\\fmqp^g\u0000mysql_native_password",
        ended: "whole",
      },
      {
        request: "login",
        bytes: "\u0007\u0000\u0000\u0002\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MySQL 5.5.9, user without a password, no such database",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["nosuch", "missing"],
    user: "everywhere",
    heard: [
      {
        request: "greeting",
        bytes:
          "H\u0000\u0000\u0000\n5.5.9\u0000\u0017\u0000\u0000\u0000yqIWZAr<\u0000ÿ÷\b\u0002\u0000\u000f\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000sPu}5.%mv+ps\u0000mysql_native_password",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "\"\u0000\u0000\u0002ÿ\u0019\u0004#42000Unknown database 'nosuch'",
        ended: "whole",
      },
      {
        request: "greeting",
        bytes:
          "H\u0000\u0000\u0000\n5.5.9\u0000\u0018\u0000\u0000\u0000G(3c}jzI\u0000ÿ÷\b\u0002\u0000\u000f\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000;+e>CwM[aVh-\u0000mysql_native_password",
        ended: "whole",
      },
      {
        request: "login 1",
        bytes: "#\u0000\u0000\u0002ÿ\u0019\u0004#42000Unknown database 'missing'",
        ended: "whole",
      },
      {
        request: "greeting",
        bytes:
          "H\u0000\u0000\u0000\n5.5.9\u0000\u0019\u0000\u0000\u0000XB~vT$SV\u0000ÿ÷\b\u0002\u0000\u000f\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u00008Tz/u$N<$=H0\u0000mysql_native_password",
        ended: "whole",
      },
      {
        request: "login",
        bytes: "\u0007\u0000\u0000\u0002\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MySQL 5.5.9, user without a password, database that is named last",
    seen: "anonymous-accepted",
    channel: "plain",
    names: ["mysql", "nosuch", "metrics"],
    user: "openuser",
    heard: [
      {
        request: "greeting",
        bytes:
          'H\u0000\u0000\u0000\n5.5.9\u0000\u001e\u0000\u0000\u0000"uJP6Y?n\u0000ÿ÷\b\u0002\u0000\u000f\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000-4ZLO%jiO.9q\u0000mysql_native_password',
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "B\u0000\u0000\u0002ÿ\u0014\u0004#42000Access denied for user 'openuser'@'%' to database 'mysql'",
        ended: "whole",
      },
      {
        request: "greeting",
        bytes:
          "H\u0000\u0000\u0000\n5.5.9\u0000\u001f\u0000\u0000\u00007ZAtF?I3\u0000ÿ÷\b\u0002\u0000\u000f\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000_fdDcGzP^jw8\u0000mysql_native_password",
        ended: "whole",
      },
      {
        request: "login 1",
        bytes: "C\u0000\u0000\u0002ÿ\u0014\u0004#42000Access denied for user 'openuser'@'%' to database 'nosuch'",
        ended: "whole",
      },
      {
        request: "greeting",
        bytes:
          "H\u0000\u0000\u0000\n5.5.9\u0000 \u0000\u0000\u0000Srd}k}Tm\u0000ÿ÷\b\u0002\u0000\u000f\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000GXdmx5<k+2U:\u0000mysql_native_password",
        ended: "whole",
      },
      {
        request: "login 2",
        bytes: "\u0007\u0000\u0000\u0002\u0000\u0000\u0000\u0002\u0000\u0000\u0000",
        ended: "whole",
      },
      {
        request: "quit",
        bytes: "",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, password, asked many times where broken connections are counted",
    seen: "closed",
    channel: "plain",
    names: ["metrics"],
    user: "bypassword",
    heard: [
      {
        request: "greeting",
        bytes:
          "d\u0000\u0000\u0000\n5.5.5-10.11.19-MariaDB-0+deb12u1\u0000\u001e\u0000\u0000\u0000gs/+->/p\u0000þ÷\b\u0002\u0000ÿ\u0015\u0000\u0000\u0000\u0000\u0000\u0000\u001d\u0000\u0000\u0000g6ul?3!L:}*V\u0000mysql_native_password\u0000",
        ended: "whole",
      },
      {
        request: "login 0",
        bytes: "Q\u0000\u0000\u0002ÿ\u0015\u0004#28000Access denied for user 'bypassword'@'guard.example' (using password: NO)",
        ended: "whole",
      },
    ],
  },
  {
    of: "MariaDB 10.11.19, our address blocked by broken connections",
    seen: "unknown",
    channel: "plain",
    names: ["metrics"],
    user: "bypassword",
    heard: [
      {
        request: "greeting",
        bytes:
          "o\u0000\u0000\u0000ÿi\u0004Host '198.19.143.141' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'",
        ended: "whole",
      },
    ],
  },
];
