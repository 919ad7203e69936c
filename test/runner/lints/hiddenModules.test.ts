/** Layers and parameters where a module doesn't look for them. */
import assert from "node:assert/strict";
import { holds } from "./programs.ts";

const net = (fields: string, forward = "x"): string => `
class Net extends nn.Module {
  own = new nn.Linear(4, 4);
  ${fields}
  override forward(x: Tensor): Tensor {
    return this.own(${forward});
  }
}
const model = new Net();
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
optimizer.zeroGrad();
model(randn(2, 4)).sum().backward();
optimizer.step();`;

describe("Hidden layers", () => {
  for (const [where, fields] of Object.entries({
    "an array": "layers = [new nn.Linear(4, 4)];",
    "a Map": 'layers = new Map([["a", new nn.Linear(4, 4)]]);',
    "a Set": "layers = new Set([new nn.Linear(4, 4)]);",
    "an object": "layers = { a: new nn.Linear(4, 4) };",
    "lists of lists": "layers = [[new nn.Linear(4, 4)]];",
    "an array, inside a module": "layers = [new nn.Sequential(new nn.Linear(4, 4), new nn.ReLU())];",
    "an array, with dropout alone": "layers = [new nn.Dropout(0.5)];",
  })) {
    it(`are told in ${where}`, () => holds(net(`${fields} // expect: hidden-modules`), "inspect"));
  }
  it("are told with what to use", async () => {
    const [said] = await holds(net("layers = { a: new nn.Linear(4, 4), b: new nn.Linear(4, 4) }; // expect: hidden-modules"));
    assert.match(said!.message, /^`Net` doesn't know of the 2 layers in `this\.layers`: a plain object hides them/);
    assert.match(said!.message, /Use `nn\.ModuleDict`\.$/);
  });
  it("are told though a helper makes them", () =>
    holds(`
function make() {
  return [1, 2].map(() => new nn.Linear(4, 4));
}
${net("layers = make(); // expect: hidden-modules")}`));
  it("are told where the class says what it holds, over however many lines, and once for a class and those that extend it", async () => {
    await holds(net("layers = [ // expect: hidden-modules\n    new nn.Linear(4, 4),\n    new nn.Linear(4, 4),\n  ];"));
    await holds(
      net("layers; // expect: hidden-modules\n  constructor() {\n    super();\n    this.layers = [];\n    this.layers.push(new nn.Linear(4, 4));\n  }")
        .replace("layers;", "layers: nn.Linear[];")
        .replace(" // expect: hidden-modules\n", "\n")
        .replace("this.layers = [];", "this.layers = []; // expect: hidden-modules"),
    );
    await holds(
      net("layers = [new nn.Linear(4, 4)]; // expect: hidden-modules").replace(
        "const model = new Net();",
        "class Deeper extends Net {}\nconst model = new Deeper();",
      ),
    );
  });
  it("may be parameters", async () => {
    const text = net("scales = [new nn.Parameter(zeros(4))]; // expect: hidden-modules");
    const [said] = await holds(text);
    assert.match(said!.message, /the parameter in `this\.scales`.*Use `nn\.ParameterList`\.$/);
  });
  it("aren't said to be in module lists, in lists of what is registered, or to hide nothing that is lost", async () => {
    await holds(net("layers = new nn.ModuleList([new nn.Linear(4, 4)]);", "this.layers[0]!(x)"));
    await holds(net("all = [this.own];"));
    await holds(net("activations = [new nn.ReLU(), new nn.Tanh()]; sizes = [1, 2]; names = { a: 1 };"));
  });
  it("aren't a frozen teacher, another model, or what the optimizer is given all the same", async () => {
    await holds(net("teacher = [new nn.Linear(4, 4).requiresGrad_(false)];"));
    await holds(`const teacher = new nn.Sequential(new nn.Linear(4, 4));\n${net("teacher = [teacher];")}`);
    await holds(
      net("layers = [new nn.Linear(4, 4)];").replace(
        "model.parameters()",
        "[...model.parameters(), ...model.layers.flatMap((layer) => [...layer.parameters()])]",
      ),
    );
  });
});
