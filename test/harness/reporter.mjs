/**
 * Mocha's Spec reporter for the reader (with the option `quiet` only failures and totals), and the totals for
 * scripts/test.mjs: written to the file that KINDLING_TEST_TOTALS names as soon as the run is over. No file means that
 * the run did not get to its end.
 */
import { writeFileSync } from "node:fs";
import Mocha from "mocha";

const { Base, Spec } = Mocha.reporters;

export default class Reporter extends Base {
  constructor(runner, options) {
    super(runner, options);
    if (options.reporterOptions?.quiet) runner.once("end", () => this.epilogue());
    else new Spec(runner, options);
    const file = process.env.KINDLING_TEST_TOTALS;
    if (!file) return;
    runner.once("end", () => {
      const { passes, failures, pending } = runner.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}
