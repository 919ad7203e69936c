/**
 * Stands in for the runner: speaks its protocol without an engine. What it does is told by its first argument, or by
 * a line `// play: …` of the file that it is to run.
 */
import { readFileSync } from "node:fs";

const all = (total) => ({ total, trainable: total, frozen: 0 });

const event = (value) => process.send({ type: "event", event: value });
const state = (name) => event({ type: "state", state: name, at: Date.now() });

function models(file, total) {
  const module = {
    id: 0,
    parent: null,
    name: "model",
    path: "",
    type: "Net",
    extra: "",
    parameters: [{ name: "weight", shape: [3, 3], dtype: "float32", count: 9, trainable: true }],
    buffers: [],
    counts: all(total),
    training: true,
    outputShapes: [[4, 3]],
    constructedAt: { file, line: 4, column: 15 },
    declaredAt: { file, line: 3, column: 1 },
  };
  return [{ id: 0, name: "model", isVariable: true, modules: [module] }];
}

const metric = (step) => event({ type: "metrics", points: [{ name: "loss", step, epoch: 0, value: 1 / (step + 1) }] });

const plays = {
  /** A run as it should be. */
  finish({ file }, text) {
    const total = Number(/count (\d+)/.exec(text)?.[1] ?? 9);
    event({ type: "files", files: [file, ...(/uses (\S+)/.exec(text)?.slice(1) ?? [])] });
    event({ type: "models", models: models(file, total) });
    metric(0);
    process.stdout.write("printed by the program\n");
    event({
      type: "classes",
      classes: [{ name: "Net", declaredAt: { file, line: 3, column: 1 }, status: { kind: "built", counts: all(total), instances: 1 } }],
    });
    end("finished");
  },
  /** Trains until it is stopped. */
  train({ file, mode }, text) {
    if (mode === "inspect") return plays.finish({ file }, text);
    event({ type: "files", files: [file, ...(/uses (\S+)/.exec(text)?.slice(1) ?? [])] });
    event({ type: "models", models: models(file, 9) });
    let step = 0;
    let timer = setInterval(() => metric(step++), 5);
    steer = (command) => {
      if (command.type === "stop") end("stopped");
      clearInterval(timer);
      if (command.type === "pause") state("paused");
      if (command.type === "resume") {
        state("running");
        timer = setInterval(() => metric(step++), 5);
      }
    };
  },
  /** A training whose loss is no number from step 2 on. */
  nan({ file, mode }, text) {
    if (mode === "inspect") return plays.finish({ file }, text);
    event({ type: "models", models: models(file, 9) });
    metric(0);
    metric(1);
    event({ type: "metrics", points: [2, 3].map((step) => ({ name: "loss", step, epoch: 0, value: NaN })) });
    const message = "loss is NaN since step 2: lower the learning rate.";
    event({
      type: "problem",
      problem: { severity: "warning", code: "nonFiniteLoss", message, step: 2, position: { file, line: 3, column: 1 } },
    });
    end("finished");
  },
  syntax({ file }) {
    event({ type: "files", files: [file] });
    event({
      type: "problem",
      problem: { severity: "error", code: "syntax", message: "Unexpected end of file", position: { file, line: 4, column: 1 } },
    });
    end("failed");
  },
  throw({ file }) {
    event({
      type: "problem",
      problem: { severity: "error", code: "thrown", message: "it went wrong", position: { file, line: 2, column: 3 } },
    });
    end("failed");
  },
  /** Dies without a word, as a killed process does. */
  crash() {
    process.kill(process.pid, "SIGKILL");
  },
  /** Dies of Ctrl+C before it can listen. */
  interrupted() {
    process.kill(process.pid, "SIGINT");
  },
  exit() {
    process.stderr.write("Error: the floor is lava\n    at somewhere\n");
    process.exitCode = 3;
    process.disconnect();
  },
  memory() {
    process.stderr.write("FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n");
    process.exit(134);
  },
  /** Hears nothing any more. */
  hang() {
    metric(0);
    setImmediate(() => {
      for (;;);
    });
  },
};

let steer = () => {};

function end(final) {
  state(final);
  process.disconnect();
  process.exitCode = 0;
  setImmediate(() => process.exit());
}

process.on("message", (command) => {
  if (command.type !== "run") return steer(command);
  state("running");
  const text = readFileSync(command.request.file, "utf8");
  const play = /^\/\/ play: (\w+)/m.exec(text)?.[1] ?? "finish";
  plays[play](command.request, text);
});
process.on("disconnect", () => process.exit());

const way = process.argv[2] ?? process.env.KINDLING_FAKE_RUNNER;
if (way === "never ready") setInterval(() => {}, 1000);
else if (way === "dies at start") process.exit(7);
else if (way === "can't stand the fast kernels" && process.env.KINDLING_KERNELS !== "safe") process.kill(process.pid, "SIGILL");
else process.send({ type: "ready" });
