/**
 * What measuring one step of a training costs: steps that are measured, as the first of every run are, and the same steps
 * unwatched, in one process. Prints JSON: `WatchedSteps` by network.
 */
import { MessageChannel } from "node:worker_threads";
import { manualSeed, nn, optim, rand, randint, setNumThreads, type Tensor } from "kindling";
import { setInstrument } from "../../../src/engine/instrument.ts";
import { MetricBuffer } from "../../../src/observe/curves/metricBuffer.ts";
import { Observer } from "../../../src/observe/observer.ts";
import { defaultSampling } from "../../../src/protocol/index.ts";

/** Milliseconds of a step. */
export interface WatchedSteps {
  readonly measured: number;
  readonly unwatched: number;
}

const rounds = 40;
const steps = 20;
const warmUp = 4;

const { port1: port } = new MessageChannel();

function observer(): Observer {
  return new Observer({
    sampling: defaultSampling,
    source: {
      program: import.meta.url,
      locate: (line, column) => ({ file: "net.model.ts", line, column }),
      variableAt: ({ line }) => ({ name: `line${line}`, assigned: false }),
      loopAt: () => undefined,
      callAt: () => undefined,
      declaredAt: () => undefined,
      fieldAt: () => undefined,
      isModuleClass: () => false,
      nameInProgram: (constructor) => constructor.name,
    },
    metrics: new MetricBuffer(),
    sink: { event: (event) => port.postMessage(event), series: () => {}, points: (values) => port.postMessage(values) },
    gate: { pass: () => 0, look() {}, hold() {}, release() {} },
  });
}

/** The two networks of examples/digits. */
const networks: Readonly<Record<string, () => nn.Sequential>> = {
  CNN: () =>
    new nn.Sequential(
      new nn.Sequential(new nn.Conv2d(1, 16, 3, { padding: 1 }), new nn.ReLU(), new nn.Conv2d(16, 32, 3, { padding: 1 }), new nn.ReLU(), new nn.MaxPool2d(2)),
      new nn.Sequential(new nn.Flatten(), new nn.Dropout(0.25), new nn.Linear(32 * 4 * 4, 10)),
    ),
  MLP: () => new nn.Sequential(new nn.Flatten(), new nn.Linear(64, 128), new nn.ReLU(), new nn.Linear(128, 64), new nn.ReLU(), new nn.Linear(64, 10)),
};

function training(network: nn.Sequential): () => void {
  const [x, y] = [rand(32, 1, 8, 8), randint(0, 10, [32])];
  const optimizer = new optim.AdamW(network.parameters(), { lr: 2e-3 });
  const lossFn = new nn.CrossEntropyLoss();
  return () => {
    const loss = lossFn(network(x) as Tensor, y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  };
}

function timed(step: () => void): number[] {
  const times: number[] = [];
  for (let index = 0; index < steps; index++) {
    const begin = performance.now();
    step();
    times.push(performance.now() - begin);
  }
  return times.slice(warmUp);
}

/** A tenth of the steps is faster: whatever else the machine does makes steps slower only. */
function undisturbed(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 10)]!;
}

manualSeed(0);
setNumThreads(1);
const answers: Record<string, WatchedSteps> = {};
for (const [name, make] of Object.entries(networks)) {
  const [measured, unwatched]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    setInstrument(observer());
    const step = training(make());
    measured.push(...timed(step));
    setInstrument(null);
    unwatched.push(...timed(step));
  }
  answers[name] = { measured: undisturbed(measured), unwatched: undisturbed(unwatched) };
}
port.close();
console.log(JSON.stringify(answers));
