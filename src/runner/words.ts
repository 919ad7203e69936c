/** What a program threw, in words. Anything may be thrown, and anything may throw when it is looked at. */
import { inspect, types } from "node:util";

/** Causes and parts of an error that are told. */
const mostCauses = 5;
const mostParts = 5;
/** Characters of one message, and of a thing that is no error. */
const mostCharacters = 2000;

/** `TypeError: x is not a function`; for what is not an error, what it is. Never throws. */
export function headline(error: unknown): string {
  return isError(error) ? titled(error) : `The program threw ${printed(error)}, which is not an Error.`;
}

/**
 * `title`, which stands for the error itself, with what an `AggregateError` consists of and what the error was caused by.
 * Never throws.
 */
export function summary(error: unknown, title: string): string {
  const seen = new Set<unknown>([error]);
  let text = title + parts(error);
  for (let cause = read(error, "cause"); cause !== undefined && !seen.has(cause) && seen.size <= mostCauses; cause = read(cause, "cause")) {
    seen.add(cause);
    text += `, caused by ${shortly(cause)}${parts(cause)}`;
  }
  return text;
}

/** A property of anything; `undefined` where there is none or reading it throws. */
export function read(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}

function parts(error: unknown): string {
  const errors = read(error, "errors");
  if (!isError(error) || !Array.isArray(errors) || errors.length === 0) return "";
  const told = errors.slice(0, mostParts).map(shortly);
  const others = errors.length - told.length;
  return ` (${told.join("; ")}${others > 0 ? `; and ${others} more` : ""})`;
}

function shortly(value: unknown): string {
  return isError(value) ? titled(value) : printed(value);
}

function titled(error: object): string {
  const name = text(error, "name") || "Error";
  // Node's own have at least a code, as ECONNREFUSED.
  const message = text(error, "message") || text(error, "code");
  return message === "" ? name : `${name}: ${cut(message)}`;
}

function text(error: object, key: string): string {
  const value = read(error, key);
  return typeof value === "string" ? value : "";
}

/** `DOMException` and what merely inherits from `Error` are errors, too. */
function isError(value: unknown): value is object {
  return types.isNativeError(value) || isInstance(value, Error);
}

/** `instanceof` that never throws: a proxy may. */
export function isInstance<T extends object>(value: unknown, type: abstract new (...args: never[]) => T): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

function printed(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(cut(value));
  try {
    return cut(inspect(value, { depth: 2, breakLength: Infinity, maxArrayLength: 20, maxStringLength: 500 }));
  } catch {
    return "an object";
  }
}

function cut(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)} …` : text;
}
