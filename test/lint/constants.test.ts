/** Constants of a file that may be given other values. */
import assert from "node:assert/strict";
import { givenValues, literalConstants, NotGiven } from "../../src/lint/constants.ts";
import { withConstants } from "../../src/runner/givenConstants.ts";

const text = `import { nn } from "kindling";
const lr = 1e-3, hidden: number = 32;
export const kind = "adam" as const;
const decay = -0.5, shuffle = true, note = \`plain\`;
const steps = hidden * 2;
let changes = 3;
const model = new nn.Linear(hidden, 1);
function inner() { const deep = 1; return deep; }
`;

describe("constants that can be given", () => {
  const withValue = (name: string, value: string): string => withConstants(text, givenValues(text, name, [value])) as string;
  const why = (name: string, value: string): string => {
    try {
      givenValues(text, name, [value]);
    } catch (error) {
      assert.ok(error instanceof NotGiven);
      return error.message;
    }
    throw new Error(`${name} was given`);
  };

  it("are those at the top that have a literal", () => {
    assert.deepEqual(
      literalConstants(text).map(({ name, text: own }) => [name, own]),
      [
        ["lr", "1e-3"],
        ["hidden", "32"],
        ["kind", '"adam"'],
        ["decay", "-0.5"],
        ["shuffle", "true"],
        ["note", "`plain`"],
      ],
    );
  });

  it("get the value in the place of the literal, and nothing else changes", () => {
    assert.equal(withValue("lr", "0.1"), text.replace("1e-3", "0.1"));
    assert.equal(withValue("hidden", "64"), text.replace("32", "64"));
    assert.equal(withValue("kind", "sgd"), text.replace('"adam"', '"sgd"'));
    assert.equal(withValue("kind", '"sgd"'), text.replace('"adam"', '"sgd"'));
    assert.equal(withValue("decay", "-1e-4"), text.replace("-0.5", "-1e-4"));
    assert.equal(withValue("shuffle", "false"), text.replace("true", "false"));
    const both = [...givenValues(text, "kind", ["sgd"]), ...givenValues(text, "lr", ["0.25"])];
    assert.equal(withConstants(text, both), text.replace("1e-3", "0.25").replace('"adam"', '"sgd"'));
  });

  it("are refused with the reason where there is none, it is computed, it may change, or the value doesn't fit", () => {
    assert.match(why("rate", "1"), /no top-level `const rate`.*`lr`, `hidden`/);
    assert.match(why("deep", "1"), /no top-level `const deep`/);
    assert.match(why("steps", "1"), /`steps` is computed/);
    assert.match(why("model", "1"), /`model` is computed/);
    assert.match(why("changes", "1"), /`changes` is no `const`/);
    for (const value of ["fast", "1; process.exit()", "", "NaN"]) assert.match(why("lr", value), /`lr` is a number/);
    assert.match(why("shuffle", "1"), /`shuffle` is true or false/);
  });

  it("are not put into a file that was changed meanwhile", () => {
    const given = givenValues(text, "lr", ["0.1"]);
    assert.match((withConstants(`// more\n${text}`, given) as { why: string }).why, /changed meanwhile/);
  });
});
