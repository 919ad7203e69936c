/**
 * Mocha's Spec reporter for the reader, and the totals for scripts/test.mjs: written to the file that
 * KINDLING_TEST_TOTALS names as soon as the run is over. No file means that the run did not get to its end.
 */
import { writeFileSync } from "node:fs";
import Mocha from "mocha";

export default class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.KINDLING_TEST_TOTALS;
    if (!file) return;
    runner.once("end", () => {
      const { passes, failures, pending } = runner.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}
