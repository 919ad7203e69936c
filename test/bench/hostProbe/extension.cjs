// An extension that notes each time the extension host's thread did not come to its timers: one line with the time
// (milliseconds since the epoch) and the milliseconds that it was late, in the file that KINDLING_HOST_BLOCKS names.
"use strict";
const { appendFileSync } = require("node:fs");

const interval = 5;

exports.activate = (context) => {
  const file = process.env.KINDLING_HOST_BLOCKS;
  appendFileSync(file, "0 0\n");
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const late = now - last - interval;
    last = now;
    if (late > interval) appendFileSync(file, `${Date.now()} ${late}\n`);
  }, interval);
  context.subscriptions.push({ dispose: () => clearInterval(timer) });
};
