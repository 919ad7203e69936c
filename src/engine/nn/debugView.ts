/**
 * A module as a debugger shows it. What `ops/debugView.ts` says of side effects holds here, too: nothing is asked that is not
 * plain to see, neither `extraRepr()`, which is the user's, nor `parameters()`.
 */
import type { Tensor } from "../tensor.ts";
import type { AnyModule } from "./module.ts";

/** A name of this file's own: `Object` is another module's in what the build makes. */
const { keys } = Object;

/** So many of a module's own settings are told. */
const MOST_SETTINGS = 4;

/** `Linear(in 64, out 10) 650 params` */
export function describeModule(module: AnyModule): string {
  const seen: unknown[] = [];
  const { total, frozen } = counts(module, seen);
  const settings = settingsText(module);
  const status = frozen === 0 ? "" : frozen === total ? ", frozen" : `, ${grouped(frozen)} frozen`;
  return `${module.constructor.name}${settings === "" ? "" : `(${settings})`} ${grouped(total)} params${status}`;
}

/** What a module that is opened has: all that was assigned to it. */
export function moduleDetails(module: AnyModule): object {
  const details: Record<string, unknown> = {};
  for (const name of keys(module)) details[name] = own(module)[name];
  return details;
}

function own(module: AnyModule): Readonly<Record<string, unknown>> {
  return module as unknown as Readonly<Record<string, unknown>>;
}

/** @param seen what was counted already: parts that are shared count once */
function counts(module: AnyModule, seen: unknown[]): { total: number; frozen: number } {
  let total = 0;
  let frozen = 0;
  seen[seen.length] = module;
  for (const name of keys(module)) {
    const value = own(module)[name] as Partial<Tensor> | null | undefined;
    if (value === null || value === undefined || seen.includes(value)) continue;
    if (value.isParameter === true) {
      seen[seen.length] = value;
      let count = 1;
      for (let dim = 0; dim < value.shape!.length; dim++) count *= value.shape![dim]!;
      total += count;
      if (!value.requiresGrad) frozen += count;
    } else if (typeof value === "function" && typeof (value as Partial<AnyModule>).registerBuffer === "function") {
      const inside = counts(value as unknown as AnyModule, seen);
      total += inside.total;
      frozen += inside.frozen;
    }
  }
  return { total, frozen };
}

/** The first numbers, and lists of them, that the module keeps: `in 1, out 32, kernelSize 3×3`. */
function settingsText(module: AnyModule): string {
  let text = "";
  let count = 0;
  for (const name of keys(module)) {
    const value = own(module)[name] as number | readonly number[];
    const isList = typeof value === "object" && value !== null && typeof value[0] === "number" && value.join !== undefined;
    if ((typeof value !== "number" && !isList) || count === MOST_SETTINGS) continue;
    text += `${count++ === 0 ? "" : ", "}${shortName(name)} ${isList ? value.join("×") : value}`;
  }
  return text;
}

/** `inFeatures` and `inChannels` are `in`. */
function shortName(name: string): string {
  return name.endsWith("Features") || name.endsWith("Channels") ? name.slice(0, -8) : name;
}

/** With commas between thousands. */
function grouped(count: number): string {
  const digits = `${count}`;
  let text = "";
  for (let i = 0; i < digits.length; i++) text += (i > 0 && (digits.length - i) % 3 === 0 ? "," : "") + digits[i]!;
  return text;
}
