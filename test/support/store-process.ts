/**
 * A stand-in of Redis that runs where it is started: `node store-process.ts ADDRESS PORT FILE CONTROL`. Open while FILE is there. At the
 * address CONTROL the same port takes connections and says nothing.
 */
import { existsSync } from "node:fs";
import { createServer } from "node:net";

const [address = "", port = "", file = "", control = ""] = process.argv.slice(2);

createServer((socket) => {
  socket.on("error", () => undefined);
  socket.on("data", (bytes) => {
    // The beginning of a TLS handshake is no line.
    if (bytes[0] === 0x16) return;
    const word = bytes.toString("latin1").split(/[ \r]/)[0] ?? "";
    const open: Readonly<Record<string, string>> = { PING: "+PONG\r\n", GET: "$3\r\nabc\r\n", DBSIZE: ":140\r\n", QUIT: "+OK\r\n" };
    socket.write(existsSync(file) ? (open[word] ?? "-ERR unknown command\r\n") : "-NOAUTH Authentication required.\r\n");
  });
}).listen(Number(port), address);
createServer((socket) => void socket.on("error", () => undefined).resume()).listen(Number(port), control);
