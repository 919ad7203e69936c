import assert from "node:assert/strict";
import { allCases, titleOf } from "../parity/answers.ts";
import { Inputs, callOf, construct } from "../parity/calls.ts";
import type { Case, ModuleCase, OpCase } from "../parity/cases.ts";
import { check } from "../parity/check.ts";
import { signatures } from "./signatures.ts";
import { boundArguments, pytorchName, variantsOf, wrongCallsOf } from "./variants.ts";

// What PyTorch answered to one form of a call it answers to every form; what Python refuses is refused.

/** For each name the cases with different arguments given, a few of each. */
const chosen = new Map<string, (OpCase | ModuleCase)[]>();
const seen = new Set<string>();
for (const each of [...allCases.values()].flat()) {
  if (each.kind !== "op" && each.kind !== "module") continue;
  const key = `${pytorchName(each)} ${each.args.length} ${Object.keys(each.options).join()}`;
  if (seen.has(key)) continue;
  seen.add(key);
  chosen.set(pytorchName(each), [...(chosen.get(pytorchName(each)) ?? []), each]);
}

describe("every argument by position or by name", () => {
  for (const [name, cases] of chosen) {
    it(name, () => {
      for (const each of cases) {
        const bound = boundArguments(each);
        if (bound === null) continue;
        for (const variant of variantsOf(bound)) {
          try {
            check({ ...each, args: variant.args, options: variant.options });
          } catch (error) {
            throw new Error(`${titleOf(each, 0)}, ${variant.form}: ${(error as Error).message}`, { cause: error });
          }
        }
      }
    });
  }
});

describe("what fits no form is refused", () => {
  for (const [name, cases] of chosen) {
    // Here `log` also takes any names: those of values for the run's charts.
    if (name === "torch.log") continue;
    it(name, () => {
      for (const each of cases.slice(0, 2)) {
        const bound = boundArguments(each);
        if (bound === null) continue;
        for (const wrong of wrongCallsOf(bound, signatures.get(name)!.forms)) {
          const call = (): unknown => run({ ...each, args: wrong.args, options: wrong.options });
          assert.throws(
            call,
            (error: Error) => {
              assert.match(error.message, wrong.message, `${wrong.form}: ${error.message}`);
              return true;
            },
            `${titleOf(each, 0)}: ${wrong.form}`,
          );
        }
      }
    });
  }
});

function run(each: Case): unknown {
  return each.kind === "module" ? construct(each) : callOf(each, new Inputs())();
}
