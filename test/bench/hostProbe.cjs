// Preloaded into VS Code's extension host: notes each time that its thread did not come to its timers, so that one can
// see how long the host was blocked. Does nothing in any other process.
"use strict";
const { appendFileSync } = require("node:fs");
const { isMainThread } = require("node:worker_threads");

const file = process.env.KINDLING_HOST_BLOCKS;
if (file && isMainThread && process.argv.includes("--type=extensionHost")) {
  const interval = 5;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    const blocked = now - last - interval;
    last = now;
    if (blocked > interval) appendFileSync(file, `${Date.now()} ${blocked}\n`);
  }, interval).unref();
}
