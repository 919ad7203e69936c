/** How a program's training is shared out to many processes, where its text allows that: what `train.py` then says beside the program. */
import type { Additions } from "./additions.ts";
import { expression } from "./expressions.ts";
import { nameOf, optimizedModels } from "./optimized.ts";
import { bare, boundNames, childrenOf, contains, isFunction, startLine, walk, type FunctionNode, type Node } from "./syntax.ts";

type Program = Extract<Node, { type: "Program" }>;
type CallNode = Extract<Node, { type: "CallExpression" }>;
type ForOf = Extract<Node, { type: "ForOfStatement" }>;

/** Why a program stays one for a single process. */
export interface Alone {
  readonly why: string;
  /** Where that is in the program; 0 for nowhere in particular. */
  readonly line: number;
}

export interface Sharing {
  /** Whether the training goes in epochs, so that it can be gone on with. */
  readonly hasEpochs: boolean;
}

class NotShared extends Error {
  readonly alone: Alone;

  constructor(why: string, node?: Node) {
    super(why);
    this.alone = { why, line: node ? startLine(node) : 0 };
  }
}

/**
 * Says in `additions` what has to be added for many processes, or why that can't be done faithfully.
 * @param translated what a translation of the program found
 */
export function shareTraining(program: Program, translated: Additions, additions: Additions): Sharing | Alone {
  try {
    return new Plan(program, translated).write(additions);
  } catch (error) {
    if (error instanceof NotShared) return error.alone;
    throw error;
  }
}

class Plan {
  readonly #program: Program;
  readonly #translated: Additions;
  readonly #parents = new Map<Node, Node>();
  readonly #calls = new Map<string, CallNode[]>();

  constructor(program: Program, translated: Additions) {
    this.#program = program;
    this.#translated = translated;
    this.#look(program);
  }

  #look(node: Node): void {
    for (const child of childrenOf(node)) {
      this.#parents.set(child, node);
      this.#look(child);
    }
    if (node.type !== "CallExpression") return;
    const name = calledName(node);
    if (name !== undefined) this.#calls.set(name, [...(this.#calls.get(name) ?? []), node]);
  }

  write(additions: Additions): Sharing {
    this.#refuseWhatCannotBe();
    const backwards = this.#calls.get("backward") ?? [];
    if (backwards.length === 0) throw new NotShared("nothing in it calls `backward()`");
    const loops = new Map<ForOf, CallNode[]>();
    for (const backward of backwards)
      for (const loop of this.#batchLoops(backward, backward)) loops.set(loop, [...new Set([...(loops.get(loop) ?? []), backward])]);
    for (const [loop, own] of loops) {
      if (own.length > 1) throw new NotShared("it goes back through more than one loss for each batch", own[1]);
      additions.putAround(this.#loaderIn(loop)!, (text) => `distributed.batches(${text})`);
    }
    const optimizers = optimizedModels(this.#program, this.#translated);
    const names = this.#withParameters(optimizers.flatMap(({ models }) => models.map(nameOf)));
    this.#checkForward(names, [...loops.keys()], backwards);
    for (const { construction, models } of optimizers) {
      if (models.length === 0 || models.some(({ type }) => type === "ThisExpression"))
        throw new NotShared("it doesn't tell whose parameters the optimizer gets", construction);
      additions.putBefore(construction, (context) =>
        models.map((model) => {
          context.assignsAll(model);
          const { text } = expression(context, model);
          return `${text} = distributed.parallel(${text})`;
        }),
      );
      additions.putAround(construction, (text) => `distributed.keep(${text})`);
    }
    for (const schedule of this.#constructions(/^optim\.lrScheduler\./)) additions.putAround(schedule, (text) => `distributed.keep(${text})`);
    for (const backward of backwards) this.#shareLoss(backward, additions);
    for (const loop of loops.keys()) this.#shareSums(loop, additions);
    for (const loop of this.#otherLoaders(loops, names)) additions.putAround(loop, (text) => `distributed.on_device(${text})`);
    this.#writeOnce(additions);
    const epochs = this.#epochLoops([...loops.keys()]);
    for (const loop of epochs) additions.putAround(loop, (text) => `distributed.epochs(${text})`);
    additions.imports.add("import distributed");
    additions.opening.push("distributed.start()");
    return { hasEpochs: epochs.length > 0 };
  }

  #refuseWhatCannotBe(): void {
    walk(this.#program, (node) => {
      if (node.type === "CallExpression" && this.#translated.typeOf(node.callee as Node).kind === "api" && calledName(node) === "grad")
        throw new NotShared("it takes gradients by `autograd.grad`, which other processes don't hear of", node);
      if (node.type === "ObjectProperty" && node.key.type === "Identifier") {
        if (node.key.name === "batchSampler") throw new NotShared("its loader has a batch sampler of its own", node);
        if (node.key.name === "reduction" && node.value.type === "StringLiteral" && node.value.value === "sum")
          throw new NotShared("its loss is a sum over the batch, not a mean", node);
      }
      if (node.type === "Identifier" && node.name === "IterableDataset") throw new NotShared("an `IterableDataset` has no samples to be told apart", node);
      if (node.type === "Identifier" && node.name === "distributed") throw new NotShared("the name `distributed` is its own", node);
    });
  }

  /** Loops over a loader that the call is made in, through whatever functions. @param isInside whether another loop is around the call */
  #batchLoops(node: Node, backward: CallNode, isInside = false, seen = new Set<Node>()): ForOf[] {
    let isRepeated = isInside;
    for (let at = this.#parents.get(node), from = node; at; from = at, at = this.#parents.get(at)) {
      if (at.type === "ForOfStatement" && at.body === from && this.#loaderIn(at)) {
        if (isRepeated) throw new NotShared("it goes back through more than one loss for each batch", backward);
        return [at];
      }
      if (isLoop(at) && "body" in at && at.body === from) isRepeated = true;
      if (!isFunction(at)) continue;
      if (seen.has(at)) return [];
      seen.add(at);
      const calls = this.#callsOf(at);
      if (calls.length === 0) break;
      return calls.flatMap((call) => this.#batchLoops(call, backward, isRepeated, seen));
    }
    throw new NotShared("it learns without a `DataLoader`, whose batches could be shared out", backward);
  }

  #callsOf(node: FunctionNode): CallNode[] {
    const parent = this.#parents.get(node);
    const key = "key" in node && node.key.type === "Identifier" ? node.key.name : undefined;
    const id = "id" in node && node.id?.type === "Identifier" ? node.id.name : undefined;
    const variable = parent?.type === "VariableDeclarator" && parent.id.type === "Identifier" ? parent.id.name : undefined;
    const name = key ?? id ?? variable;
    // `noGrad(() => …)`, `optimizer.step(() => …)`: called where it stands.
    if (name === undefined) return parent?.type === "CallExpression" ? [parent] : [];
    return this.#calls.get(name) ?? [];
  }

  /** The part of what a loop goes through that is a loader. */
  #loaderIn(loop: ForOf): Node | undefined {
    let found: Node | undefined;
    walk(loop.right, (node) => {
      const type = this.#translated.typeOf(node);
      if (!found && type.kind === "instance" && type.path === "data.DataLoader") found = node;
      return !found;
    });
    return found;
  }

  /** What else is gone through to compute with a model: loaders, and whatever a function is given of that kind. */
  #otherLoaders(loops: ReadonlyMap<ForOf, unknown>, models: ReadonlySet<string>): Node[] {
    const found: Node[] = [];
    walk(this.#program, (node) => {
      if (node.type !== "ForOfStatement" || loops.has(node)) return;
      const usesModel = (): boolean => contains(node.body, (each) => each.type === "CallExpression" && isNamed(bare(each.callee as Node), models));
      const loader = this.#loaderIn(node) ?? (node.right.type === "Identifier" && usesModel() ? node.right : undefined);
      if (loader) found.push(loader);
    });
    return found;
  }

  /** The names, and those that functions give what they are called with. */
  #withParameters(names: readonly string[]): Set<string> {
    const all = new Set(names);
    for (let size = 0; size < all.size;) {
      size = all.size;
      walk(this.#program, (node) => {
        if (node.type !== "CallExpression" || node.callee.type !== "Identifier") return;
        const parameters = this.#functionNamed(node.callee.name)?.params ?? [];
        node.arguments.forEach((argument, i) => {
          const parameter = parameters[i];
          if (isNamed(bare(argument as Node), all) && parameter?.type === "Identifier") all.add(parameter.name);
        });
      });
    }
    return all;
  }

  #constructions(path: RegExp): Node[] {
    const found: Node[] = [];
    walk(this.#program, (node) => {
      const type = node.type === "NewExpression" ? this.#translated.typeOf(node) : undefined;
      if (type?.kind === "instance" && path.test(type.path)) found.push(node);
    });
    return found;
  }

  /** Whether the losses come from calls of the models themselves: what is called on them by a method isn't shared. */
  #checkForward(names: ReadonlySet<string>, loops: readonly ForOf[], backwards: readonly CallNode[]): void {
    const bodies = loops.flatMap((loop) => this.#reachedFrom(loop.body));
    const around = backwards.flatMap((backward) => {
      const own = this.#functionAround(backward);
      return own ? [own] : [];
    });
    const nodes = [...bodies, ...around];
    let isCalled = false;
    for (const body of nodes) {
      walk(body, (node) => {
        if (node.type !== "CallExpression") return;
        const callee = bare(node.callee as Node);
        if (isNamed(callee, names)) isCalled = true;
        if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier" || !isNamed(bare(callee.object), names)) return;
        const { name } = callee.property;
        if (name === "forward") throw new NotShared(`\`forward\` is called by its name; call the model itself`, node);
        const owner = bare(callee.object);
        const type = this.#translated.typeOf(owner);
        const isOwn = type.kind === "object of" && type.of.methods.has(name) && !this.#isUntracked(node);
        if (isOwn) throw new NotShared(`it calls \`${nameOf(owner)}.${name}()\`; only what comes from calling the model itself is shared`, node);
      });
    }
    if (!isCalled) throw new NotShared("its loss doesn't come from calling a model that an optimizer has, by the same name", backwards[0]);
  }

  /** A node, and the bodies of the program's functions that it calls. */
  #reachedFrom(node: Node, seen = new Set<Node>()): Node[] {
    if (seen.has(node)) return [];
    seen.add(node);
    const own = [node];
    walk(node, (each) => {
      if (each.type !== "CallExpression" || each.callee.type !== "Identifier" || this.#isUntracked(each)) return;
      const declared = this.#functionNamed(each.callee.name);
      if (declared) own.push(...this.#reachedFrom(declared.body, seen));
    });
    return own;
  }

  #functionNamed(name: string): FunctionNode | undefined {
    let found: FunctionNode | undefined;
    walk(this.#program, (node) => {
      if (node.type === "FunctionDeclaration" && node.id?.name === name) found = node;
      const value = node.type === "VariableDeclarator" && node.id.type === "Identifier" && node.id.name === name && node.init ? bare(node.init) : undefined;
      if (value && isFunction(value)) found = value;
      return !found;
    });
    return found;
  }

  #functionAround(node: Node): Node | undefined {
    for (let at = this.#parents.get(node); at; at = this.#parents.get(at)) if (isFunction(at)) return at.body;
    return undefined;
  }

  /** Whether it stands in `noGrad(() => …)`. */
  #isUntracked(node: Node): boolean {
    for (let at = this.#parents.get(node); at; at = this.#parents.get(at))
      if (at.type === "CallExpression" && /^(noGrad|inferenceMode)$/.test(calledName(at) ?? "")) return true;
    return false;
  }

  /** The loss becomes that of the whole batch where it is made, so that it is printed so as well. */
  #shareLoss(backward: CallNode, additions: Additions): void {
    const loss = bare((backward.callee as Extract<Node, { type: "MemberExpression" }>).object as Node);
    if (loss.type !== "Identifier") {
      this.#checkMean(loss);
      return additions.putAround(loss, (text) => `distributed.mean(${text})`);
    }
    const declarator = this.#declaratorOf(loss.name, backward);
    if (!declarator?.init) throw new NotShared(`it doesn't tell where \`${loss.name}\` comes from`, backward);
    if ((this.#parents.get(declarator) as Extract<Node, { type: "VariableDeclaration" }>).kind !== "const")
      throw new NotShared(`\`${loss.name}\` is put together in several statements; make it one \`const\``, declarator);
    this.#checkMean(declarator.init);
    additions.putAround(declarator.init, (text) => `distributed.mean(${text})`);
  }

  #declaratorOf(name: string, from: Node): Extract<Node, { type: "VariableDeclarator" }> | undefined {
    for (let at = this.#parents.get(from); at; at = this.#parents.get(at)) {
      if (!("body" in at) || !Array.isArray(at.body)) continue;
      for (const statement of at.body as Node[]) {
        if (statement.type !== "VariableDeclaration" || statement.start! > from.start!) continue;
        const own = statement.declarations.find(({ id }) => id.type === "Identifier" && id.name === name);
        if (own) return own;
      }
    }
    return undefined;
  }

  /** Refuses a loss that is summed up over the batch, also in functions of the program's that it calls. */
  #checkMean(loss: Node, seen = new Set<string>()): void {
    walk(loss, (node) => {
      if (node.type !== "CallExpression") return;
      if (calledName(node) === "sum" && node.callee.type === "MemberExpression" && node.arguments.length === 0)
        throw new NotShared("its loss is a sum over the batch, not a mean", node);
      if (/^(t|cdist)$/.test(calledName(node) ?? "")) throw new NotShared("its loss compares the samples of a batch with each other", node);
      if (node.callee.type !== "Identifier" || seen.has(node.callee.name)) return;
      seen.add(node.callee.name);
      const declared = this.#functionNamed(node.callee.name);
      if (declared) this.#checkMean(declared.body, seen);
    });
  }

  /** `correct += hits.sum().item()` and `seen += x.shape[0]` count this process' part only. */
  #shareSums(loop: ForOf, additions: Additions): void {
    const taken = new Set(loop.left.type === "VariableDeclaration" ? loop.left.declarations.flatMap(({ id }) => boundNames(id)) : boundNames(loop.left));
    walk(loop.body, (node) => {
      if (node.type !== "AssignmentExpression" || node.operator !== "+=" || this.#isUntracked(node)) return;
      walk(node.right, (each) => {
        if (!isSumOverBatch(each) && !isSizeOfBatch(each, taken)) return;
        additions.putAround(each, (text) => `distributed.total(${text})`);
        return false;
      });
    });
  }

  /** Files are written by one process. */
  #writeOnce(additions: Additions): void {
    walk(this.#program, (node) => {
      if (node.type !== "ExpressionStatement" || node.expression.type !== "CallExpression") return;
      const type = this.#translated.typeOf(node.expression.callee as Node);
      const name = calledName(node.expression) ?? "";
      const isSave = type.kind === "api" && /^(save|data\.write)/.test(type.path);
      if (isSave || /^(write|append)File(Sync)?$|^mkdir(Sync)?$/.test(name)) additions.putUnder(node, "if distributed.is_first():", "distributed.wait()");
    });
  }

  /** Loops that count around those over batches. */
  #epochLoops(loops: readonly Node[]): Node[] {
    const found = new Set<Node>();
    const seen = new Set<Node>();
    const climb = (node: Node): void => {
      for (let at = this.#parents.get(node), from = node; at; from = at, at = this.#parents.get(at)) {
        if (at.type === "ForStatement" && at.body === from) return void found.add(at);
        if (isLoop(at) && from !== at) return;
        if (!isFunction(at)) continue;
        if (seen.has(at)) return;
        seen.add(at);
        return this.#callsOf(at).forEach(climb);
      }
    };
    loops.forEach(climb);
    return [...found].filter((loop) => this.#isWithoutLoops(loop));
  }

  /** Epochs of something that is itself repeated, as folds are, are told apart by their order only. */
  #isWithoutLoops(node: Node): boolean {
    for (let at = this.#parents.get(node); at; at = this.#parents.get(at)) if (isLoop(at)) return false;
    return true;
  }
}

const isLoop = (node: Node): boolean => /^(For|ForOf|ForIn|While|DoWhile)Statement$/.test(node.type);

/** Whether it is one of the variables or properties. */
const isNamed = (node: Node, names: ReadonlySet<string>): boolean =>
  (node.type === "Identifier" || node.type === "MemberExpression") && names.has(nameOf(node));

function calledName(node: CallNode): string | undefined {
  const callee = bare(node.callee as Node);
  if (callee.type === "Identifier") return callee.name;
  return callee.type === "MemberExpression" && callee.property.type === "Identifier" && !callee.computed ? callee.property.name : undefined;
}

/** `….sum().item()` */
function isSumOverBatch(node: Node): boolean {
  if (node.type !== "CallExpression" || calledName(node) !== "item") return false;
  const summed = bare((node.callee as Extract<Node, { type: "MemberExpression" }>).object as Node);
  return summed.type === "CallExpression" && calledName(summed) === "sum";
}

/** `x.shape[0]`, `x.size(0)`, `x.length` of what the loop takes from its loader. */
function isSizeOfBatch(node: Node, taken: ReadonlySet<string>): boolean {
  const isTaken = (each: Node): boolean => each.type === "Identifier" && taken.has(each.name);
  const isZero = (each: Node | undefined): boolean => each?.type === "NumericLiteral" && each.value === 0;
  if (node.type === "CallExpression") return calledName(node) === "size" && contains(node.callee as Node, isTaken) && isZero(node.arguments[0]);
  const inner = bare(node);
  if (inner.type !== "MemberExpression") return false;
  if (inner.property.type === "Identifier" && !inner.computed) return inner.property.name === "length" && isTaken(bare(inner.object));
  const shape = bare(inner.object);
  return inner.computed && isZero(inner.property) && shape.type === "MemberExpression" && isTaken(bare(shape.object));
}
