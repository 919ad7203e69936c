/** Constants of a file that may be given other values. */
import assert from "node:assert/strict";
import { givenValues, literalConstants, NotGiven } from "../../src/lint/constants.ts";
import { literalOptions } from "../../src/lint/options.ts";
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

describe("options that can be given", () => {
  const program = `import { nn, optim } from "kindling";
const momentum = 0.9;
const model = new nn.Sequential(new nn.Linear(4, 8, { bias: false }), new nn.Dropout({ p: 0.5 }), new nn.Dropout({ p: 0.25 }));
const first = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.8, nesterov: momentum > 0 });
const second = new optim.Adam(model.parameters(), { lr: 1e-3, weightDecay: 0 } as const);
`;
  const withValue = (name: string, value: string): string => withConstants(program, givenValues(program, name, [value])) as string;

  it("are those that stand in a call with a literal, each under the shortest name that is its own", () => {
    assert.deepEqual(
      literalOptions(program, ["momentum"]).map(({ name, text: own, call }) => [name, own, call]),
      [
        ["bias", "false", "nn.Linear"],
        ["Dropout.p:3:91", "0.5", "nn.Dropout"],
        ["Dropout.p:3:119", "0.25", "nn.Dropout"],
        ["SGD.lr", "0.1", "optim.SGD"],
        ["SGD.momentum", "0.8", "optim.SGD"],
        ["Adam.lr", "1e-3", "optim.Adam"],
        ["weightDecay", "0", "optim.Adam"],
      ],
    );
  });

  it("get the value in the place of the literal; a constant of the same name comes first", () => {
    assert.equal(withValue("SGD.lr", "0.5"), program.replace("lr: 0.1", "lr: 0.5"));
    assert.equal(withValue("Adam.lr:5", "0.5"), program.replace("lr: 1e-3", "lr: 0.5"));
    assert.equal(withValue("bias", "true"), program.replace("bias: false", "bias: true"));
    assert.equal(withValue("momentum", "0.5"), program.replace("momentum = 0.9", "momentum = 0.5"));
    assert.equal(withValue("SGD.momentum", "0.5"), program.replace("momentum: 0.8", "momentum: 0.5"));
  });

  it("are refused where the name fits several, with where these are", () => {
    assert.throws(() => givenValues(program, "lr", ["1"]), /`lr` stands in several places: `SGD\.lr` in line 4, `Adam\.lr` in line 5\. Say which\./);
    assert.throws(() => givenValues(program, "nesterov", ["true"]), NotGiven);
    assert.throws(() => givenValues(program, "bias", ["1"]), /`bias` is true or false/);
  });
});
