/** Writes a model of the program as an ONNX file, once an inspection has seen what it is called with. */
import { spawnSync } from "node:child_process";
import { deserialize, serialize } from "node:v8";
import { fileURLToPath } from "node:url";
import type { AnyModule, Module } from "../engine/nn/module.ts";
import { noGrad } from "../engine/autograd/gradMode.ts";
import { writeFile } from "../engine/io/files.ts";
import type { Tensor } from "../engine/tensor.ts";
import { CallStack } from "../observe/program/construction.ts";
import type { ProgramSource } from "../observe/program/programSource.ts";
import type { Observer } from "../observe/observer.ts";
import { exportModel, mapTensors, type Sample } from "../onnx/exportModel.ts";
import { OPSET, type Port } from "../onnx/format.ts";
import { Refusal } from "../onnx/refusal.ts";
import type { OnnxCheck, OnnxFile, OnnxOptions, Problem, RunEvent } from "../protocol/index.ts";
import { startOf } from "./problems.ts";
import { version } from "./version.ts";

/** How long the runtime may take for its few passes; milliseconds. */
const checkTimeLimit = 120_000;

interface Surroundings {
  /** The program's. */
  readonly file: string;
  /** URL of the folder that holds Kindling itself. */
  readonly home: string;
  readonly observer: Observer;
  readonly source: ProgramSource;
  /** Where an error of the program's comes from. */
  readonly placeOf: (error: unknown) => Problem;
}

/** What a module was called with first. */
interface Called {
  readonly module: Module;
  readonly args: readonly unknown[];
}

export class OnnxExport {
  readonly #wanted: OnnxOptions;
  readonly #around: Surroundings;
  readonly #called = new Map<AnyModule, Called>();
  /** Calls of modules that are under way. */
  #depth = 0;

  constructor(wanted: OnnxOptions, around: Surroundings) {
    this.#wanted = wanted;
    this.#around = around;
  }

  /** Hears of calls after the observer did. */
  listen(): void {
    const { observer } = this.#around;
    const { forwardStarts, forward, forwardFailed } = observer;
    observer.forwardStarts = (module, inputs) => {
      Reflect.apply(forwardStarts, observer, [module, inputs]);
      if (this.#depth++ === 0) this.#callStarts(module, inputs);
    };
    observer.forward = (module, inputs, output) => {
      this.#depth--;
      Reflect.apply(forward, observer, [module, inputs, output]);
    };
    observer.forwardFailed = (module, error) => {
      this.#depth = Math.max(0, this.#depth - 1);
      Reflect.apply(forwardFailed, observer, [module, error]);
    };
  }

  #callStarts(module: AnyModule, inputs: readonly unknown[]): void {
    if (this.#called.has(module)) return;
    const args = noGrad(() => mapTensors(inputs, (tensor) => tensor.detach().clone())) as unknown[];
    this.#called.set(module, { module: module as unknown as Module, args });
  }

  /** Writes the file; what there is to tell of it. */
  write(): readonly RunEvent[] {
    try {
      const { name, module, args } = this.#theModel();
      return [{ type: "onnx", onnx: this.#written(name, module, args) }];
    } catch (error) {
      return [{ type: "problem", problem: this.#problemOf(error) }];
    }
  }

  #problemOf(error: unknown): Problem {
    const { file, placeOf, source } = this.#around;
    if (!(error instanceof Refusal)) return { ...placeOf(error), code: "onnx" };
    const found = error.mark instanceof CallStack ? error.mark.position(source) : error.cause === undefined ? undefined : placeOf(error.cause).position;
    const message = `Not written as ONNX: ${error.message.replace(/\.$/, "")}.`;
    return { severity: "error", code: error instanceof SeveralModels ? "onnxModel" : "onnx", message, position: found ?? startOf(file) };
  }

  #theModel(): Called & { readonly name: string } {
    const { model: wanted } = this.#wanted;
    const models = this.#around.observer.registry.describe(() => undefined).map(({ info, modules }) => ({ name: info.name, root: modules[0]! }));
    const found = wanted === undefined ? models : models.filter(({ name, root }) => name === wanted || root.constructor.name === wanted);
    const names = models.map(({ name }) => `\`${name}\``).join(", ");
    if (wanted !== undefined && found.length === 0)
      throw new Refusal(`there is no model \`${wanted}\`; there ${models.length === 0 ? "is none" : `are ${names}`}`);
    const called = found.flatMap(({ name, root }) => {
      const call = this.#called.get(root as unknown as AnyModule);
      return call ? [{ name, ...call }] : [];
    });
    if (called.length > 1)
      throw new SeveralModels(`there are several models: ${called.map(({ name }) => `\`${name}\``).join(", ")}. Say which with --model NAME`);
    if (called[0]) return called[0];
    throw new Refusal(
      `${found.length === 0 ? "no model" : found.map(({ name }) => `\`${name}\``).join(", ")} was called up to the first training step, so what it is called with isn't known`,
    );
  }

  #written(name: string, module: Module, args: readonly unknown[]): OnnxFile {
    const { file, training = false, batchDimension } = this.#wanted;
    const { source } = this.#around;
    const restored = module.modules().map((part) => [part, part.training] as const);
    module.train(training);
    try {
      const { bytes, inputs, outputs, samples } = exportModel({
        name,
        version: version(),
        call: module as unknown as (...values: readonly unknown[]) => unknown,
        args,
        names: source.declaredAt(module.constructor) ? parametersOf(module) : [],
        state: stateOf(module),
        ...(batchDimension !== undefined && { batchDimension }),
        mark: here,
      });
      writeFile(file, bytes);
      const check = checked(this.#around, file, samples);
      return { file, model: name, opset: OPSET, bytes: bytes.length, inputs: inputs.map(portText), outputs: outputs.map(portText), ...(check && { check }) };
    } finally {
      for (const [part, was] of restored) part.training = was;
    }
  }
}

/** Where the program is. */
const here = (): CallStack => new CallStack(here);

class SeveralModels extends Refusal {}

const portText = ({ name, dtype, shape }: Port): string => `${name} ${dtype} [${shape.join(", ")}]`;

/** What the `forward` of a class of the program's calls its parameters, as far as they have plain names. */
function parametersOf(module: Module): string[] {
  const list = /^[^(]*\(([^)]*)/.exec(Function.prototype.toString.call(module.forward))?.[1] ?? "";
  return list.split(",").map((part, i) => /^\s*([A-Za-z_]\w*)/.exec(part)?.[1] ?? `input_${i}`);
}

function stateOf(module: Module): ReadonlyMap<string, Tensor> {
  return new Map([...module.stateDict()]);
}

/** Runs it where a runtime is installed, in a process of its own: what the runtime does there is none of the program's. */
function checked({ file: program, home }: Surroundings, model: string, samples: readonly Sample[]): OnnxCheck | undefined {
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [fileURLToPath(new URL("runner/onnxCheck.js", home))], {
    input: serialize({ program, model, samples }),
    timeout: checkTimeLimit,
    maxBuffer: 1e6,
    stdio: "pipe",
  });
  if (status === 0) return deserialize(stdout) as OnnxCheck | undefined;
  const ending = signal ? `it was ended by ${signal}` : `it ended with exit code ${status}`;
  const words = stderr
    .toString()
    .trim()
    .split("\n")
    .findLast((line) => line !== "");
  return { runtime: "ONNX Runtime", trouble: words === undefined ? ending : `${ending}: ${words}` };
}
