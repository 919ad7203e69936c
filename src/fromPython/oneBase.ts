/** TypeScript's classes have one base: one that has several in Python comes of them one behind the other, in the order in which Python looks things up. */
import type { Note } from "./preparation.ts";
import { partsOf, expressionsOf, blocksOf, type Argument, type ClassStatement, type Expression, type Statement } from "./syntax.ts";

type Classes = ReadonlyMap<string, ClassStatement>;

export function withOneBase(statements: readonly Statement[], notes: Note[]): Statement[] {
  const classes: Classes = new Map(statements.flatMap((one) => (one.kind === "class" ? [[one.name, one] as const] : [])));
  const several = [...classes.values()].filter((one) => realBases(one).length > 1);
  if (several.length === 0) return [...statements];
  const orders = new Map([...classes.values()].map((one) => [one.name, withMixinsFirst(orderOf(one, classes), classes)]));
  for (const one of several) if (!orders.get(one.name)) notes.push({ from: one.from, message: `The bases of \`${one.name}\` have no twin here: give it one` });
  const taken = basesOfMixins(classes, orders);
  const result = statements.flatMap((one): Statement[] => {
    if (one.kind !== "class") return [one];
    const order = orders.get(one.name);
    if (realBases(one).length < 2 || !order) return [withBase(one, taken.get(one.name))];
    const copies = copiesFor(one, order, classes, taken);
    for (const { name, of } of copies.made) noteAsked(of, name, statements, notes);
    return [...copies.made.map(({ statement }) => statement), { ...one, bases: [copies.base] }];
  });
  // What stands in other classes alone isn't needed for itself.
  const behind = new Set(several.flatMap(({ name }) => orders.get(name)?.map(nameOf) ?? []));
  return result.filter((one) => one.kind !== "class" || !behind.has(one.name) || result.some((other) => other !== one && mentions(other, one.name)));
}

function mentions(statement: Statement, name: string): boolean {
  const isIn = (one: Expression): boolean => (one.kind === "name" && one.name === name) || partsOf(one).some(isIn);
  const isNamed = statement.kind === "class" && statement.bases.some(({ value }) => isIn(value));
  return isNamed || expressionsOf(statement).some(isIn) || blocksOf(statement).some(({ statements }) => statements.some((one) => mentions(one, name)));
}

function withBase(of: ClassStatement, base: Argument | undefined): ClassStatement {
  return base ? { ...of, bases: [base] } : of;
}

/** `object`, `ABC`, `Generic[T]` say nothing here. */
function realBases({ bases }: ClassStatement): Argument[] {
  // An enumeration's other base says what its values are.
  if (bases.some((base) => /(^|\.)\w*(Enum|Flag)$/.test(nameOf(base)))) return [];
  return bases.filter((base) => !base.name && !isAbstract(base));
}

function isAbstract({ value }: Argument): boolean {
  const named = value.kind === "index" ? value.object : value;
  const name = named.kind === "name" || named.kind === "attribute" ? named.name : "";
  return /^(object|ABC|Generic|Protocol)$/.test(name);
}

function nameOf({ value }: Argument): string {
  return textOf(value.kind === "index" ? value.object : value);
}

function textOf(value: Expression): string {
  return value.kind === "name" ? value.name : value.kind === "attribute" ? `${textOf(value.object)}.${value.name}` : "?";
}

/** The classes behind a class in the order in which Python asks them (C3); undefined where there is none. The API's stand at the end. */
function orderOf(of: ClassStatement, classes: Classes): Argument[] | undefined {
  const bases = realBases(of);
  const rows: Argument[][] = [];
  for (const base of bases) {
    const own = classes.get(nameOf(base));
    const order = own && own !== of ? orderOf(own, classes) : [];
    if (!order) return undefined;
    rows.push([base, ...order]);
  }
  rows.push(bases);
  const found: Argument[] = [];
  for (let left = rows; left.some((row) => row.length > 0);) {
    const next = left.find((row) => row.length > 0 && left.every((other) => !other.slice(1).some((one) => nameOf(one) === nameOf(row[0]!))))?.[0];
    if (!next) return undefined;
    found.push(next);
    left = left.map((row) => (row.length > 0 && nameOf(row[0]!) === nameOf(next) ? row.slice(1) : row));
  }
  return found;
}

/**
 * What a mixin has that no class before it has stands as well before them, which then stay as they are; the API's class is the last, and there is one alone.
 */
function withMixinsFirst(order: readonly Argument[] | undefined, classes: Classes): Argument[] | undefined {
  if (!order) return undefined;
  const own = order.filter((one) => classes.has(nameOf(one)));
  if (order.length - own.length > 1) return undefined;
  const isMixin = (one: Argument, at: number): boolean => {
    const members = new Set(membersOf(classes.get(nameOf(one))!));
    const isAlone = realBases(classes.get(nameOf(one))!).length === 0 && !members.has("__init__");
    return isAlone && own.slice(0, at).every((other) => membersOf(classes.get(nameOf(other))!).every((name) => !members.has(name)));
  };
  const mixins = own.filter(isMixin);
  return [...mixins, ...own.filter((one) => !mixins.includes(one)), ...order.filter((one) => !classes.has(nameOf(one)))];
}

function membersOf({ body }: ClassStatement): string[] {
  return body.statements.flatMap((one) => {
    if (one.kind === "function") return [one.name];
    return one.kind === "assign" ? one.targets.map(textOf) : [];
  });
}

/** A mixin that stands before the same base wherever it is used, and behind it in the file, simply has that base. */
function basesOfMixins(classes: Classes, orders: ReadonlyMap<string, Argument[] | undefined>): Map<string, Argument> {
  const places = [...classes.keys()];
  const found = new Map<string, Argument>();
  for (const [name, mixin] of classes) {
    if (realBases(mixin).length > 0 || mixin.decorators.length > 0) continue;
    const behind = [...orders.values()].flatMap((order) => {
      const at = order?.findIndex((one) => nameOf(one) === name) ?? -1;
      return at < 0 ? [] : [order![at + 1]];
    });
    const [first] = behind;
    if (!first || behind.some((one) => one === undefined || nameOf(one) !== nameOf(first))) continue;
    if (!classes.has(nameOf(first)) || places.indexOf(nameOf(first)) < places.indexOf(name)) found.set(name, first);
  }
  return found;
}

interface Copy {
  /** What it is a copy of. */
  readonly name: string;
  readonly of: ClassStatement;
  readonly statement: ClassStatement;
}

/** What a class needs in front of it: its bases once more, where they have another base than they need here. */
function copiesFor(of: ClassStatement, order: readonly Argument[], classes: Classes, taken: ReadonlyMap<string, Argument>): { base: Argument; made: Copy[] } {
  const made: Copy[] = [];
  let base = order.at(-1)!;
  for (const one of order.slice(0, -1).reverse()) {
    const name = nameOf(one);
    const own = classes.get(name)!;
    const usual = taken.get(name) ?? (realBases(own).length === 1 ? realBases(own)[0] : undefined);
    if (usual && nameOf(usual) === nameOf(base)) {
      base = one;
      continue;
    }
    const copy = { ...structuredClone(own), name: `${name}Of${of.name}`, bases: [base], blankBefore: true };
    made.push({ name, of: own, statement: copy });
    base = { ...one, value: { kind: "name", name: copy.name, from: one.value.from, to: one.value.to } };
  }
  return { base, made };
}

/** The copies are classes of their own: an `isinstance` doesn't know them. */
function noteAsked(of: ClassStatement, name: string, statements: readonly Statement[], notes: Note[]): void {
  const asks = (one: Expression): boolean =>
    (one.kind === "call" &&
      one.callee.kind === "name" &&
      /^is(instance|subclass)$/.test(one.callee.name) &&
      [one.arguments[1]?.value].some((asked) => asked && (textOf(asked) === name || partsOf(asked).some((part) => textOf(part) === name)))) ||
    partsOf(one).some(asks);
  const visit = (one: Statement): boolean => expressionsOf(one).some(asks) || blocksOf(one).some(({ statements: inner }) => inner.some(visit));
  if (!statements.some(visit)) return;
  const message = `\`${name}\` is one of several bases: \`isinstance\` doesn't find it in classes that have it beside another`;
  if (!notes.some((note) => note.from === of.from && note.message === message)) notes.push({ from: of.from, message });
}
