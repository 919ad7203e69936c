/** Functions, methods and classes as users call them: what the generated files in `api/` are made with. */
import { Tensor } from "../tensor.ts";
import { replaceBy } from "../ops/inplace.ts";
import { bind } from "./bind.ts";

// oxlint-disable-next-line no-explicit-any
type Any = any;

/** Whether a value is one size or a list of sizes, all whole numbers. */
export function isSize(value: unknown): boolean {
  return typeof value === "number" ? Number.isInteger(value) : isShape(value);
}

export function isShape(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  for (let i = 0; i < value.length; i++) if (!Number.isInteger(value[i])) return false;
  return true;
}

export function isList(value: unknown): boolean {
  return Array.isArray(value);
}

export function isTensors(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  for (let i = 0; i < value.length; i++) if (!(value[i] instanceof Tensor)) return false;
  return true;
}

/**
 * A call whose arguments aren't simply in their places.
 * @param given as many arguments as there are places for
 * @param count how many there were
 */
export function call(plain: (...values: Any[]) => unknown, signatures: readonly string[], given: readonly unknown[], count = given.length): Any {
  return plain(...bind(signatures, given, count));
}

/** The same for a method. `plain` takes the tensor as its first argument. */
export function callOn(
  self: unknown,
  plain: (...values: Any[]) => unknown,
  signatures: readonly string[],
  given: readonly unknown[],
  count = given.length,
): Any {
  return plain(...bind(signatures, [self, ...given], count + 1, true));
}

/** The result of `compute`, written over `self`. */
export function over(self: Tensor, compute: (before: Tensor) => unknown): Tensor {
  return replaceBy(self, (before) => {
    const result = compute(before) as Tensor;
    return result.dtype === "bool" ? result.to(self.dtype) : result;
  });
}

type Constructor = new (...values: Any[]) => object;

/**
 * A class whose constructor takes its arguments in every form. It shares the plain one's prototype, so that what is made
 * with either is an instance of both.
 */
export function constructible<Forms>(plain: Any, signatures: readonly string[]): Forms {
  const name = signatures[0]!.slice(0, signatures[0]!.indexOf("("));
  const made = function (...given: unknown[]): unknown {
    if (new.target === undefined) throw new TypeError(`${name.replace("new ", "")} is a class here: write ${name}(…)`);
    return Reflect.construct(
      plain as Constructor,
      bind(signatures, given, given.length),
      new.target === (made as unknown) ? (plain as Constructor) : new.target,
    );
  };
  Object.setPrototypeOf(made, plain as object);
  Object.defineProperty(made, "name", { value: plain.name });
  Object.defineProperty(made, "prototype", { value: plain.prototype, writable: false });
  Object.defineProperty(plain.prototype, "constructor", { value: made, writable: true, configurable: true });
  return made as unknown as Forms;
}

export function callMethod(
  self: unknown,
  plain: (...values: Any[]) => unknown,
  signatures: readonly string[],
  given: readonly unknown[],
  count = given.length,
): Any {
  return plain.apply(self, bind(signatures, given, count));
}

/**
 * Puts a function that holds calls to their forms before each of a class's own methods.
 * @param plain the class
 * @param methods by name: the plain method → the one in its place
 */
export function checkMethods(plain: Any, methods: Readonly<Record<string, (plain: Any) => unknown>>): void {
  put(plain.prototype, methods);
}

/** The same for what is called on the class itself: `nn.Embedding.fromPretrained`. */
export function checkStatics(plain: Any, methods: Readonly<Record<string, (plain: Any) => unknown>>): void {
  put(plain, methods);
}

function put(place: Any, methods: Readonly<Record<string, (plain: Any) => unknown>>): void {
  for (const [name, checked] of Object.entries(methods)) {
    Object.defineProperty(place, name, { value: checked(place[name]), writable: true, configurable: true });
  }
}
