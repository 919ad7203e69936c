import assert from "node:assert/strict";
import { Session, type Runtime } from "node:inspector";
import * as engine from "../../../src/engine/index.ts";

const { arange, nn, optim, manualSeed, randn, tensor, zeros } = engine;
const [description, properties] = [Symbol.for("debug.description"), Symbol.for("debug.properties")];

/** As a debugger asks: ended at the first side effect. */
function asked(value: object, symbol: symbol): unknown {
  const session = new Session();
  session.connect();
  const scope = globalThis as unknown as Record<string, unknown>;
  scope["debugged"] = value;
  scope["asked"] = symbol;
  let answer: unknown;
  session.post("Runtime.evaluate", { expression: "debugged[asked]()", throwOnSideEffect: true, returnByValue: true }, (error, told) => {
    const { result, exceptionDetails } = told as Runtime.EvaluateReturnType;
    answer = error ?? (exceptionDetails ? exceptionDetails.exception?.description : result.value);
  });
  session.disconnect();
  delete scope["debugged"];
  delete scope["asked"];
  return answer;
}

const line = (value: object): unknown => asked(value, description);

describe("a tensor in a debugger", () => {
  it("is told in a line: its shape, type, mean and standard deviation, and its first values", () => {
    assert.equal(line(arange(0, 2048).div(1024).reshape([32, 64])), "Tensor[32, 64] float32 mean 1 std 0.577 [0, 0.000977, 0.00195, …]");
  });

  it("with few values is told with all of them", () => {
    assert.equal(line(tensor(3.5)), "Tensor[] float32 3.5");
    assert.equal(
      line(
        tensor([
          [1, 2],
          [3, NaN],
        ]),
      ),
      "Tensor[2, 2] float32 [[1, 2], [3, NaN]]",
    );
    assert.equal(line(zeros(0, 3)), "Tensor[0, 3] float32 []");
  });

  it("of whole numbers or truth values is told in their terms", () => {
    assert.equal(line(arange(10)), "Tensor[10] int32 0 to 9 [0, 1, 2, …]");
    assert.equal(line(arange(10).lt(4)), "Tensor[10] bool 40 % true [true, true, true, …]");
  });

  it("that is a view is told in its own order", () => {
    assert.match(String(line(arange(0, 12).reshape([3, 4]).t())), /^Tensor\[4, 3\] int32 0 to 11 \[0, 4, 8, …\]$/);
  });

  it("with values that are no numbers says so", () => {
    assert.match(String(line(tensor([1, NaN, 2, Infinity, 3, 4, 5, 6]))), /^Tensor\[8\] float32 mean 3\.5 std 1\.87, 25 % NaN or infinite /);
  });

  it("that is large is told of a part of it, quickly", () => {
    const large = zeros(4000, 1000).add(2);
    const begin = performance.now();
    assert.equal(line(large), "Tensor[4000, 1000] float32 mean ≈2 std ≈0 [2, 2, 2, …]");
    assert.ok(performance.now() - begin < 1000);
  });

  it("that is a parameter is told as one, and opens with its values and gradient", () => {
    const weight = new nn.Parameter(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    weight.pow(2).sum().backward();
    assert.equal(line(weight), "Parameter[2, 2] float32 [[1, 2], [3, 4]]");
    const opened = asked(weight, properties) as Record<string, unknown>;
    assert.deepEqual(opened["shape"], [2, 2]);
    assert.deepEqual(opened["values"], [
      [1, 2],
      [3, 4],
    ]);
    assert.equal(opened["mean"], 2.5);
    assert.equal(opened["requiresGrad"], true);
    assert.equal((weight as unknown as Record<symbol, () => { grad: unknown }>)[properties]!().grad, weight.grad);
  });

  it("changes nothing: no random number is drawn, and the values stay", () => {
    manualSeed(1);
    const before = randn(3).tolist();
    manualSeed(1);
    const watched = randn(2, 50);
    manualSeed(1);
    line(watched);
    asked(watched, properties);
    assert.deepEqual(randn(3).tolist(), before);
    assert.equal(watched._version, 0);
  });
});

describe("a module in a debugger", () => {
  it("is told with its sizes and its parameters", () => {
    assert.equal(line(new nn.Linear(64, 10)), "Linear(in 64, out 10) 650 params");
    assert.equal(line(new nn.Conv2d(1, 32, 3)), "Conv2d(in 1, out 32, kernelSize 3×3, stride 1×1) 320 params");
  });

  it("counts what is shared once, and says what is frozen", () => {
    const layer = new nn.Linear(100, 100);
    assert.equal(line(new nn.Sequential(layer, new nn.ReLU(), layer)), "Sequential 10,100 params");
    const head = new nn.Linear(100, 10);
    layer.requiresGrad_(false);
    assert.equal(line(new nn.Sequential(layer, head)), "Sequential 11,110 params, 10,100 frozen");
    assert.equal(line(layer), "Linear(in 100, out 100) 10,100 params, frozen");
  });

  it("opens with what was assigned to it", () => {
    const net = new nn.Sequential(new nn.Linear(2, 3));
    assert.deepEqual(Object.keys(asked(net, properties) as object).sort(), ["0", "training"]);
  });
});

it("an optimizer in a debugger is told with its rate and the number of its parameters", () => {
  assert.equal(line(new optim.SGD(new nn.Linear(2, 3).parameters(), { lr: 0.1 })), "SGD lr 0.1, 2 parameters");
});

describe("a tensor's picture in a debugger", () => {
  interface Picture {
    readonly shape: readonly number[];
    readonly dtype: string;
    readonly part: readonly number[];
    readonly values: string;
  }
  const picture = (value: engine.Tensor): Picture =>
    JSON.parse((value as unknown as Record<symbol, () => string>)[Symbol.for("kindling.debug.picture")]!()) as Picture;

  it("has all values of a small one, row after row, views, other types and what is not finite included", () => {
    const { shape, dtype, part, values } = picture(arange(6).reshape([2, 3]).t());
    assert.deepEqual([shape, dtype, part, values], [[3, 2], "int32", [3, 2], "0 3 1 4 2 5"]);
    assert.equal(picture(tensor([NaN, Infinity, -Infinity, 0.1])).values, "NaN Infinity -Infinity 0.1");
    assert.equal(picture(tensor([true, false])).values, "1 0");
    assert.equal(picture(tensor(2.5)).values, "2.5");
    assert.deepEqual([picture(zeros(0, 3)).part, picture(zeros(0, 3)).values], [[0, 3], ""]);
  });

  it("has the beginning of a large one along each dimension", () => {
    const large = arange(1000 * 600).reshape([1000, 600]);
    const { part, values } = picture(large);
    assert.deepEqual(part, [256, 256]);
    assert.deepEqual(values.split(" ").map(Number), large.narrow(0, 0, 256).narrow(1, 0, 256).flatten().tolist());
    assert.deepEqual(picture(zeros(64, 32, 64, 64)).part, [1, 16, 64, 64]);
    assert.deepEqual(picture(zeros(100_000)).part, [65_536]);
  });
});
