// jax-js on its WebAssembly backend, each step compiled as one (`jit`), as a peer: see peer.ts. Its package is that of package.json beside this file.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { fill, labels, oneHot, parameterValues, transposed } from "./lcg.ts";
import { serve } from "./serving.ts";

await init("wasm");
defaultDevice("wasm");
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "node_modules/@jax-js/jax/package.json"), "utf8"));

/** Makes layers, which are functions of the list `p` of all parameters. jax-js counts references: what is used once more is `x.ref`. */
class Layers {
  parameters = [];
  #fills;

  constructor(program) {
    this.#fills = program.parameters.values();
  }

  #next() {
    const next = this.#fills.next().value;
    return next && parameterValues(next);
  }

  /** Gives its place in the list. */
  #add(values, shape) {
    return this.parameters.push(np.array(values, { shape })) - 1;
  }

  weight(inputs, outputs) {
    return this.#add(transposed(this.#next(), outputs, inputs), [inputs, outputs]);
  }

  vector(size, otherwise = 0) {
    return this.#add(this.#next() ?? new Float32Array(size).fill(otherwise), [size]);
  }

  linear(inputs, outputs) {
    const [weight, bias] = [this.weight(inputs, outputs), this.vector(outputs)];
    return (p, x) => np.matmul(x, p[weight]).add(p[bias]);
  }

  convolution(inputs, outputs) {
    const [filters, bias] = [this.#add(this.#next(), [outputs, inputs, 3, 3]), this.vector(outputs)];
    return (p, x) => lax.convGeneralDilated(x, p[filters], [1, 1], "VALID").add(p[bias].reshape([outputs, 1, 1]));
  }

  /** Over the batch in training mode (without running statistics, to its advantage), or over the features. */
  normalisation(size, axis) {
    const [weight, bias] = [this.vector(size, 1), this.vector(size)];
    return (p, x) => nn.standardize(x, axis).mul(p[weight]).add(p[bias]);
  }
}

const networks = {
  perceptron(layers, { dims }) {
    const linears = dims.slice(1).map((width, i) => layers.linear(dims[i], width));
    return (p, x) => linears.reduce((h, linear, i) => linear(p, i === 0 ? h : nn.relu(h)), x);
  },

  cnn(layers, { input: [batch] }) {
    const [first, second] = [layers.convolution(1, 32), layers.convolution(32, 64)];
    const [hidden, output] = [layers.linear(1600, 128), layers.linear(128, 10)];
    const pooled = (h) => lax.reduceWindow(nn.relu(h), np.max, [2, 2], [2, 2]);
    return (p, x) => output(p, nn.relu(hidden(p, pooled(second(p, pooled(first(p, x)))).reshape([batch, 1600]))));
  },

  resnet(layers) {
    const input = layers.linear(20, 64);
    const half = () => {
      const [linear, normalise] = [layers.linear(64, 64), layers.normalisation(64, 0)];
      return (p, x) => normalise(p, linear(p, x));
    };
    const blocks = [0, 1, 2].map(() => [half(), half()]);
    const output = layers.linear(64, 10);
    return (p, x) =>
      output(
        p,
        blocks.reduce((h, [first, second]) => nn.relu(second(p, nn.relu(first(p, h.ref))).add(h)), nn.relu(input(p, x))),
      );
  },

  lstm(layers, { input: [batch, length, features] }) {
    const levels = [features, 64].map((inputs) => [layers.weight(inputs, 256), layers.weight(64, 256), layers.vector(256), layers.vector(256)]);
    const head = layers.linear(64, 10);
    const level = (weights, inputs) => {
      const [ih, hh, inputBias, stateBias] = weights;
      let [h, c] = [np.zeros([batch, 64]), np.zeros([batch, 64])];
      const outputs = inputs.map((x) => {
        const gates = np.matmul(x, ih.ref).add(inputBias.ref).add(np.matmul(h, hh.ref).add(stateBias.ref));
        const [i, f, g, o] = np.split(gates, 4, 1);
        c = nn
          .sigmoid(f)
          .mul(c)
          .add(nn.sigmoid(i).mul(np.tanh(g)));
        h = nn.sigmoid(o).mul(np.tanh(c.ref));
        return h.ref;
      });
      tree.dispose([...weights, h, c]);
      return outputs;
    };
    return (p, x) => {
      const outputs = levels.reduce(
        (inputs, weights) =>
          level(
            weights.map((i) => p[i]),
            inputs,
          ),
        np.unstack(x, 1),
      );
      tree.dispose(outputs.slice(0, length - 1));
      return head(p, outputs[length - 1]);
    };
  },

  transformer(layers, { input: [batch, length, width], dropout }) {
    if (dropout > 0) throw new Error("draws other masks than PyTorch");
    const heads = 4;
    const [project, leave, widen, narrow] = [
      layers.linear(width, 3 * width),
      layers.linear(width, width),
      layers.linear(width, 2048),
      layers.linear(2048, width),
    ];
    const [first, second, head] = [layers.normalisation(width, -1), layers.normalisation(width, -1), layers.linear(width, 10)];
    const attend = (p, x) => {
      const [q, k, v] = np.split(project(p, x), 3, 2).map((part) => part.reshape([batch, length, heads, width / heads]));
      return leave(p, nn.dotProductAttention(q, k, v).reshape([batch, length, width]));
    };
    return (p, x) => {
      const attended = first(p, x.ref.add(attend(p, x)));
      const y = second(p, attended.ref.add(narrow(p, nn.relu(widen(p, attended)))));
      return head(p, np.mean(y, 1));
    };
  },
};

/** One compiled step: gives `[loss, parameters, ...state]`. */
function stepOf(lossOf, optimizerName) {
  const descend = valueAndGrad(lossOf);
  if (optimizerName === "SGD") {
    return jit((p, x, y) => {
      const [loss, gradients] = descend(tree.ref(p), x, y);
      return [loss, tree.map((value, gradient) => value.sub(gradient.mul(0.01)), p, gradients)];
    });
  }
  const kept = optimizerName === "AdamW" ? 1 - 1e-3 * 0.01 : 1;
  return jit((p, m, v, correction1, correction2, x, y) => {
    const [loss, gradients] = descend(tree.ref(p), x, y);
    const means = tree.map((mean, gradient) => mean.mul(0.9).add(gradient.ref.mul(0.1)), m, gradients);
    const squares = tree.map((square, gradient) => square.mul(0.999).add(np.square(gradient).mul(0.001)), v, gradients);
    const update = (mean, square) =>
      mean.ref
        .div(correction1.ref)
        .mul(1e-3)
        .div(np.sqrt(square.ref.div(correction2.ref)).add(1e-8));
    const next = tree.map((value, mean, square) => value.mul(kept).sub(update(mean, square)), p, means, squares);
    tree.dispose([correction1, correction2]);
    return [loss, next, means, squares];
  });
}

function train(program, optimizerName) {
  const { input, classes } = program;
  const x = np.array(
    fill(
      1,
      input.reduce((size, length) => size * length, 1),
    ),
    { shape: input },
  );
  const y = np.array(oneHot(labels(2, input[0], classes), classes), { shape: [input[0], classes] });
  const layers = new Layers(program);
  const network = networks[program.network](layers, program);
  const step = stepOf(
    (p, x, y) =>
      nn
        .logSoftmax(network(p, x))
        .mul(y)
        .sum()
        .mul(-1 / input[0]),
    optimizerName,
  );
  const zeros = () => tree.map((values) => np.zerosLike(values), tree.ref(layers.parameters));
  let state = optimizerName === "SGD" ? [layers.parameters] : [layers.parameters, zeros(), zeros()];
  let t = 0;
  return () => {
    t++;
    const corrections = optimizerName === "SGD" ? [] : [np.array(1 - 0.9 ** t), np.array(1 - 0.999 ** t)];
    const [loss, ...next] = step(...state, ...corrections, x.ref, y.ref);
    state = next;
    return loss.js();
  };
}

function multiply(size, layout) {
  const [a, b] = [1, 2].map((seed) => np.array(fill(seed, size * size), { shape: [size, size] }));
  const product = jit((a, b) => np.matmul(layout[0] === "T" ? a.transpose() : a, layout[1] === "T" ? b.transpose() : b));
  // Nothing is computed before somebody reads it.
  const once = () => product(a.ref, b.ref).dataSync();
  return { once, values: () => [...once().slice(0, 4)] };
}

serve({ version: `jax-js ${version}`, train, multiply });
