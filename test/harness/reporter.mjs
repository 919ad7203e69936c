/**
 * Mocha's Spec reporter for the reader (with the option `quiet` only failures and totals), and the totals for
 * scripts/test.mjs: written to the file that KINDLING_TEST_TOTALS names as soon as the run is over. No file means that
 * the run did not get to its end. What failed is appended to the file that KINDLING_TEST_FAILURES names, for all suites'
 * failures to stand together at the end.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import Mocha from "mocha";

const { Base, Spec } = Mocha.reporters;

export default class Reporter extends Base {
  constructor(runner, options) {
    super(runner, options);
    if (options.reporterOptions?.quiet) runner.once("end", () => this.epilogue());
    else new Spec(runner, options);
    const failures = process.env.KINDLING_TEST_FAILURES;
    if (failures) runner.on("fail", (test, error) => appendFileSync(failures, described(test, error)));
    const file = process.env.KINDLING_TEST_TOTALS;
    if (!file) return;
    runner.once("end", () => {
      const { passes, failures, pending } = runner.stats;
      writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
}

function described(test, error) {
  const said = String(error.stack ?? error.message ?? error)
    .split("\n")
    .slice(0, 25);
  return [`  ${test.titlePath().join(" > ")}`, ...said.map((line) => `      ${line}`), "", ""].join("\n");
}
