import { allCases, titleOf } from "./answers.ts";
import { check } from "./check.ts";

// What PyTorch answered is in expected/, made by make.py; this file asks Kindling the same.

for (const [family, cases] of allCases) {
  describe(`as in PyTorch: ${family}`, () => {
    cases.forEach((each, i) => it(titleOf(each, i), () => check(each)));
  });
}
