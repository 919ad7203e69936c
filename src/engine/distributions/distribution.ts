/** What all probability distributions have in common. */
import { enableGrad, noGrad } from "../autograd/gradMode.ts";
import { ArgumentError } from "../errors.ts";
import { sizes } from "../nn/printing.ts";
import { sizeText } from "../ops/format.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { valueText, type Constraint } from "./constraints.ts";
import { hold } from "../ops/reading.ts";

/**
 * The base of all distributions. One object holds a batch of them, one for each element of its parameters: samples have
 * the shape `[...sampleShape, ...batchShape, ...eventShape]`, their log probabilities `[...sampleShape, ...batchShape]`.
 *
 * @see https://pytorch.org/docs/stable/distributions.html
 * @api torch.distributions.Distribution
 * @base
 */
export abstract class Distribution {
  /** How many distributions, in which shape. */
  readonly batchShape: Shape;
  /** The shape of one draw from one of them. */
  readonly eventShape: Shape;
  /** Whether parameters and values are checked. */
  protected readonly validatesArgs: boolean;

  static #validatesByDefault = true;

  /** Whether distributions that are made from now on check their arguments unless they are told. At first they do. */
  static setDefaultValidateArgs(value: boolean): void {
    Distribution.#validatesByDefault = value;
  }

  /**
   * @param validateArgs whether parameters, and values given to `logProb` and `cdf`, are checked. Default: as
   *   `setDefaultValidateArgs` says, which is true
   */
  constructor(batchShape: Shape = [], eventShape: Shape = [], validateArgs: boolean | null = null) {
    this.batchShape = [...batchShape];
    this.eventShape = [...eventShape];
    this.validatesArgs = validateArgs ?? Distribution.#validatesByDefault;
  }

  // --- parameters ---------------------------------------------------------------------------------------------------

  /** What each parameter must be like, by name and in PyTorch's order; `null` for one that is measured by the others. */
  abstract get argConstraints(): Readonly<Record<string, Constraint | null>>;

  /** What samples are like. */
  get support(): Constraint {
    throw this.lacks("support");
  }

  /** Takes the parameters that were given as properties, and checks them. */
  protected setParameters(parameters: Readonly<Record<string, Tensor>>): void {
    for (const [name, value] of Object.entries(parameters)) this.keep(name, value);
    if (!this.validatesArgs) return;
    for (const [name, value] of this.parameters()) this.checkParameter(name, value);
  }

  /** A parameter that follows from others, worked out when it is first asked for (with its history, whatever the mode). */
  protected derive(name: string, work: () => Tensor): Tensor {
    return this.keep(name, enableGrad(work));
  }

  /** As a property of its own, also where the class has a getter of that name. */
  protected keep<T>(name: string, value: T): T {
    Object.defineProperty(this, name, { value, enumerable: true, configurable: true });
    return value;
  }

  /** Those that were given or asked for. */
  protected parameters(): [name: string, value: Tensor][] {
    const names = Object.keys(this.argConstraints).filter((name) => Object.hasOwn(this, name));
    return names.map((name) => [name, (this as unknown as Record<string, Tensor>)[name]!]);
  }

  protected checkParameter(name: string, value: Tensor): void {
    const constraint = this.argConstraints[name];
    if (!constraint || hold(constraint.check(value))) return;
    throw new ArgumentError(
      `Expected parameter ${pythonName(name)} (${kindText(value)}) of distribution ${this} to satisfy the constraint ${constraint}, ` +
        `but found invalid values:\n${value}`,
    );
  }

  // --- samples ------------------------------------------------------------------------------------------------------

  /** Whether there is an `rsample`. */
  get hasRsample(): boolean {
    return false;
  }

  /** Whether there is an `enumerateSupport`. */
  get hasEnumerateSupport(): boolean {
    return false;
  }

  /**
   * Draws values; no gradients flow through them.
   * @param sampleShape how many draws, in which shape. Default: one, without dimensions of its own
   * @returns `[...sampleShape, ...batchShape, ...eventShape]`
   */
  sample(sampleShape: Shape = []): Tensor {
    return noGrad(() => this.rsample(sampleShape));
  }

  /**
   * Draws values as functions of the parameters, so that gradients reach these.
   * @param sampleShape how many draws, in which shape. Default: one, without dimensions of its own
   * @returns `[...sampleShape, ...batchShape, ...eventShape]`
   */
  rsample(sampleShape?: Shape): Tensor;
  rsample(): Tensor {
    throw this.lacks("rsample", "its draws don't depend on its parameters in a differentiable way. Use sample() and logProb()");
  }

  protected extendedShape(sampleShape: Shape = []): number[] {
    return [...sampleShape, ...this.batchShape, ...this.eventShape];
  }

  /**
   * All values that can be drawn, along a new first dimension.
   * @param expand whether they are repeated for the whole batch; otherwise the batch's dimensions are 1. Default true
   */
  enumerateSupport(expand?: boolean): Tensor;
  enumerateSupport(): Tensor {
    throw this.lacks("enumerateSupport");
  }

  // --- probabilities ------------------------------------------------------------------------------------------------

  /**
   * The logarithm of the probability (or its density) of each value.
   * @param value `[..., ...batchShape, ...eventShape]`, or what broadcasts to it
   */
  logProb(value: Tensor): Tensor;
  logProb(): Tensor {
    throw this.lacks("logProb");
  }

  /** The probability of a draw of at most the value. */
  cdf(value: Tensor): Tensor;
  cdf(): Tensor {
    throw this.lacks("cdf");
  }

  /** The value that a draw is at most with the given probability: the inverse of `cdf`. */
  icdf(value: Tensor): Tensor;
  icdf(): Tensor {
    throw this.lacks("icdf");
  }

  /** In nats, `[...batchShape]`. */
  entropy(): Tensor {
    throw this.lacks("entropy");
  }

  /** e to the power of the entropy. */
  perplexity(): Tensor {
    return this.entropy().exp();
  }

  get mean(): Tensor {
    throw this.lacks("mean");
  }

  /** The value with the greatest probability. */
  get mode(): Tensor {
    throw this.lacks("mode");
  }

  get variance(): Tensor {
    throw this.lacks("variance");
  }

  get stddev(): Tensor {
    return this.variance.sqrt();
  }

  /** @throws ArgumentError where the value's shape doesn't fit, or no sample could be like it */
  protected validateSample(value: Tensor): void {
    if (!this.validatesArgs) return;
    this.checkShape(value.shape);
    const { support } = this;
    if (hold(support.check(value))) return;
    throw new ArgumentError(
      `Expected value argument (${kindText(value)}) to be within the support (${support}) of the distribution ${this}, ` +
        `but found invalid values:\n${value}`,
    );
  }

  protected checkShape(actual: Shape): void {
    const event = actual.slice(Math.max(0, actual.length - this.eventShape.length));
    if (event.join() !== this.eventShape.join()) {
      throw new ArgumentError(`The right-most size of value must match event_shape: ${sizeText(actual)} vs ${sizeText(this.eventShape)}.`);
    }
    const expected = this.extendedShape();
    for (let i = 1; i <= Math.min(actual.length, expected.length); i++) {
      const [own, other] = [actual.at(-i), expected.at(-i)];
      if (own === 1 || other === 1 || own === other) continue;
      throw new ArgumentError(`Value is not broadcastable with batch_shape+event_shape: ${sizeText(actual)} vs ${sizeText(expected)}.`);
    }
  }

  // --- the whole ----------------------------------------------------------------------------------------------------

  /** The same distributions for a larger batch, without copies of the parameters. */
  expand(batchShape: Shape): this {
    const parameters = this.parameters().map(([name, value]) => [name, value.expand([...batchShape, ...value.shape.slice(this.batchShape.length)])]);
    return this.with({ ...Object.fromEntries(parameters), batchShape: [...batchShape] });
  }

  /** A copy with other values of some properties. */
  protected with(properties: Readonly<Record<string, unknown>>): this {
    const copy = Object.create(Object.getPrototypeOf(this), Object.getOwnPropertyDescriptors(this)) as this;
    for (const [name, value] of Object.entries(properties)) copy.keep(name, value);
    return copy;
  }

  /** As PyTorch prints it: small parameters by value, others by shape. */
  toString(): string {
    const texts = this.parameters().map(([name, value]) => `${pythonName(name)}: ${value.numel() === 1 ? valueText(value) : sizeText(value.shape)}`);
    return `${this.constructor.name}(${texts.join(", ")})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  protected lacks(member: string, why?: string): ArgumentError {
    return new ArgumentError(`${this.constructor.name} has no ${member}${why === undefined ? "" : `: ${why}`}`, "NotImplementedError");
  }
}

function pythonName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `Tensor of shape (2, 3)` */
function kindText(value: Tensor): string {
  return `${value.isParameter ? "Parameter" : "Tensor"} of shape ${sizes(value.shape)}`;
}
