import assert from "node:assert/strict";
import { autograd, enableGrad, inferenceMode, isGradEnabled, noGrad, ones, randn, setGradEnabled, tensor, type Tensor } from "../../../src/engine/index.ts";

describe("grad modes", () => {
  it("last as long as their block, whatever the order in which blocks end", () => {
    {
      using _off = noGrad();
      assert.equal(isGradEnabled(), false);
      using _on = enableGrad();
      assert.equal(isGradEnabled(), true);
    }
    assert.equal(isGradEnabled(), true);
    const first = noGrad();
    const second = inferenceMode();
    first[Symbol.dispose]();
    assert.equal(isGradEnabled(), false);
    second[Symbol.dispose]();
    assert.equal(isGradEnabled(), true);
  });

  it("decorate a method, with and without parentheses", () => {
    class Probe {
      @noGrad()
      quiet(): boolean {
        return isGradEnabled();
      }

      @noGrad
      silent(): boolean {
        return isGradEnabled();
      }

      @noGrad()
      @enableGrad()
      both(): boolean {
        return isGradEnabled();
      }
    }
    const probe = new Probe();
    assert.deepEqual([isGradEnabled(), probe.quiet(), probe.silent(), probe.both(), isGradEnabled()], [true, false, false, true, true]);
  });

  it("are as they were after a failure, and last until an async body is done", async () => {
    assert.throws(() =>
      noGrad(() => {
        throw new Error("no");
      }),
    );
    assert.equal(isGradEnabled(), true);
    const seen = await setGradEnabled(false, async () => {
      await Promise.resolve();
      return isGradEnabled();
    });
    assert.deepEqual([seen, isGradEnabled()], [false, true]);
  });
});

describe("a function with a backward of its own", () => {
  class Cube extends autograd.Function {
    static override forward(ctx: autograd.FunctionContext, x: Tensor): Tensor {
      ctx.saveForBackward(x);
      return x.pow(3);
    }

    static override backward(ctx: autograd.FunctionContext, gradient: Tensor): Tensor {
      const [x] = ctx.savedTensors;
      return gradient.mul(x!.pow(2)).mul(3);
    }
  }

  class Wrong extends Cube {
    static override backward(ctx: autograd.FunctionContext, gradient: Tensor): Tensor {
      return super.backward(ctx, gradient).mul(2);
    }
  }

  it("is differentiated once and twice", () => {
    const x = tensor([0.5, -1.5]).requiresGrad_();
    const y: Tensor = Cube.apply(x);
    const [first] = autograd.grad(y.sum(), x, { createGraph: true });
    const [second] = autograd.grad(first!.sum(), x);
    assert.deepEqual(second!.tolist(), [3, -9]);
  });

  it("may set its context up apart", () => {
    class Scale extends autograd.Function {
      static override forward(x: Tensor, factor: number): Tensor {
        return x.mul(factor);
      }

      static setupContext(ctx: autograd.FunctionContext, [, factor]: [Tensor, number]): void {
        ctx.factor = factor;
      }

      static override backward(ctx: autograd.FunctionContext, gradient: Tensor): (Tensor | null)[] {
        return [gradient.mul(ctx.factor as number), null];
      }
    }
    const x = ones(2).requiresGrad_();
    Scale.apply(x, 4).sum().backward();
    assert.deepEqual(x.grad!.tolist(), [4, 4]);
  });

  it("passes gradcheck if its backward is right, and doesn't if it is wrong", () => {
    const x = randn(3).requiresGrad_();
    assert.equal(
      autograd.gradcheck((v) => Cube.apply(v), x),
      true,
    );
    assert.equal(
      autograd.gradgradcheck((v) => Cube.apply(v), x),
      true,
    );
    assert.throws(() => autograd.gradcheck((v) => Wrong.apply(v), tensor([1, 2]).requiresGrad_()), /Jacobian mismatch for output 0 with respect to input 0/);
    assert.equal(
      autograd.gradcheck((v) => Wrong.apply(v), tensor([1, 2]).requiresGrad_(), { raiseException: false }),
      false,
    );
  });
});
