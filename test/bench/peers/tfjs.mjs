// TensorFlow.js on its WebAssembly backend as a peer, see peer.ts. Its packages are those of package.json beside this file.
import { createRequire } from "node:module";
import { fill, labels, oneHot, parameterValues, transposed } from "./lcg.ts";
import { serve } from "./serving.ts";

const require = createRequire(import.meta.url);
console.warn = () => {};
const tf = require("@tensorflow/tfjs");
require("@tensorflow/tfjs-backend-wasm");
await tf.setBackend("wasm");

/** Makes layers whose values are the program's, one parameter after the other. */
class Layers {
  variables = [];
  #fills;

  constructor(program) {
    this.#fills = program.parameters.values();
  }

  #next() {
    const next = this.#fills.next().value;
    return next && parameterValues(next);
  }

  #variable(values, shape) {
    const variable = tf.variable(tf.tensor(values, shape));
    this.variables.push(variable);
    return variable;
  }

  weight(inputs, outputs) {
    return this.#variable(transposed(this.#next(), outputs, inputs), [inputs, outputs]);
  }

  vector(size, otherwise = 0) {
    return this.#variable(this.#next() ?? new Float32Array(size).fill(otherwise), [size]);
  }

  linear(inputs, outputs) {
    const [weight, bias] = [this.weight(inputs, outputs), this.vector(outputs)];
    return (x) => tf.add(tf.matMul(x, weight), bias);
  }

  /** PyTorch's filters [outputs, inputs, 3, 3] as [3, 3, inputs, outputs]. */
  convolution(inputs, outputs) {
    const filters = this.#variable(transposed(this.#next(), outputs, inputs * 9), [inputs, 3, 3, outputs]);
    const bias = this.vector(outputs);
    return (x) => tf.add(tf.conv2d(x, tf.transpose(filters, [1, 2, 0, 3]), 1, "valid"), bias);
  }

  /** Over the batch in training mode (without running statistics, to its advantage), or over the features. */
  normalisation(size, axis) {
    const [weight, bias] = [this.vector(size, 1), this.vector(size)];
    return (x) => {
      const { mean, variance } = tf.moments(x, axis, true);
      return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), weight), bias);
    };
  }
}

const networks = {
  perceptron(layers, { dims }) {
    const linears = dims.slice(1).map((width, i) => layers.linear(dims[i], width));
    return (x) => linears.reduce((h, linear, i) => linear(i === 0 ? h : tf.relu(h)), x);
  },

  cnn(layers, { input: [batch] }) {
    const [first, second] = [layers.convolution(1, 32), layers.convolution(32, 64)];
    const [hidden, output] = [layers.linear(1600, 128), layers.linear(128, 10)];
    const pooled = (h) => tf.maxPool(tf.relu(h), 2, 2, "valid");
    return (x) => {
      const h = pooled(second(pooled(first(tf.transpose(x, [0, 2, 3, 1])))));
      return output(tf.relu(hidden(tf.reshape(tf.transpose(h, [0, 3, 1, 2]), [batch, 1600]))));
    };
  },

  resnet(layers) {
    const input = layers.linear(20, 64);
    const half = () => {
      const [linear, normalise] = [layers.linear(64, 64), layers.normalisation(64, 0)];
      return (x) => normalise(linear(x));
    };
    const blocks = [0, 1, 2].map(() => [half(), half()]);
    const output = layers.linear(64, 10);
    return (x) => output(blocks.reduce((h, [first, second]) => tf.relu(tf.add(second(tf.relu(first(h))), h)), tf.relu(input(x))));
  },

  lstm(layers, { input: [batch, length, features] }) {
    const levels = [features, 64].map((inputs) => ({
      ih: layers.weight(inputs, 256),
      hh: layers.weight(64, 256),
      bias: [layers.vector(256), layers.vector(256)],
    }));
    const head = layers.linear(64, 10);
    const level = ({ ih, hh, bias: [inputBias, stateBias] }, inputs) => {
      let [h, c] = [tf.zeros([batch, 64]), tf.zeros([batch, 64])];
      return inputs.map((x) => {
        const [i, f, g, o] = tf.split(tf.add(tf.add(tf.matMul(x, ih), inputBias), tf.add(tf.matMul(h, hh), stateBias)), 4, 1);
        c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
        h = tf.mul(tf.sigmoid(o), tf.tanh(c));
        return h;
      });
    };
    return (x) => head(levels.reduce((inputs, weights) => level(weights, inputs), tf.unstack(x, 1)).at(length - 1));
  },

  transformer(layers, { input: [batch, length, width], dropout }) {
    if (dropout > 0) throw new Error("draws other masks than PyTorch");
    const [heads, rows] = [4, [batch * length, width]];
    const [project, leave, widen, narrow] = [
      layers.linear(width, 3 * width),
      layers.linear(width, width),
      layers.linear(width, 2048),
      layers.linear(2048, width),
    ];
    const [first, second, head] = [layers.normalisation(width, -1), layers.normalisation(width, -1), layers.linear(width, 10)];
    const attend = (x) => {
      const parts = tf.split(project(x), 3, 1);
      const [q, k, v] = parts.map((part) => tf.transpose(tf.reshape(part, [batch, length, heads, width / heads]), [0, 2, 1, 3]));
      const weights = tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width / heads)));
      return leave(tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), rows));
    };
    return (x) => {
      const h = tf.reshape(x, rows);
      const attended = first(tf.add(h, attend(h)));
      const y = second(tf.add(attended, narrow(tf.relu(widen(attended)))));
      return head(tf.mean(tf.reshape(y, [batch, length, width]), 1));
    };
  },
};

/** There is no AdamW, but its decay is one product before each step of Adam. */
function optimizerFor(name, variables) {
  const optimizer = name === "SGD" ? tf.train.sgd(0.01) : tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
  if (name !== "AdamW") return (loss) => optimizer.minimize(loss, true, variables);
  return (loss) => {
    const { value, grads } = tf.variableGrads(loss, variables);
    tf.tidy(() => variables.forEach((variable) => variable.assign(tf.mul(variable, 1 - 1e-3 * 0.01))));
    optimizer.applyGradients(grads);
    tf.dispose(grads);
    return value;
  };
}

function train(program, optimizerName) {
  const { input, classes } = program;
  const x = tf.tensor(
    fill(
      1,
      input.reduce((size, length) => size * length, 1),
    ),
    input,
  );
  const y = tf.tensor(oneHot(labels(2, input[0], classes), classes), [input[0], classes]);
  const layers = new Layers(program);
  const network = networks[program.network](layers, program);
  const minimise = optimizerFor(optimizerName, layers.variables);
  const crossEntropy = () => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(network(x))), 1)));
  return () => {
    const loss = minimise(crossEntropy);
    const [value] = loss.dataSync();
    loss.dispose();
    return value;
  };
}

function multiply(size, layout) {
  const [a, b] = [1, 2].map((seed) => tf.tensor(fill(seed, size * size), [size, size]));
  const product = () => tf.matMul(a, b, layout[0] === "T", layout[1] === "T");
  return { once: () => product().dispose(), values: () => [...product().dataSync().slice(0, 4)] };
}

serve({ version: `TensorFlow.js ${tf.version.tfjs}`, train, multiply });
