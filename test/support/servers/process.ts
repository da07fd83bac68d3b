export { account, freePort, giveToServer, serverFolder, startProcess, untilReady } from "../../../src/cli/demo/server-process.ts";
