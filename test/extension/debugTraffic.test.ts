/** What the extension makes of the messages between VS Code and its debugger. */
import assert from "node:assert/strict";
import { expressionAt } from "../../src/extension/debug/expression.ts";
import { HeldSteps, type Message } from "../../src/extension/debug/heldSteps.ts";
import { UndescribedRows } from "../../src/extension/debug/undescribedRows.ts";

/** A session that notes what it is asked, and answers when it is told to. */
class Session {
  readonly asked: [string, unknown][] = [];
  readonly #answers: ((body: unknown) => void)[] = [];

  customRequest = (command: string, given?: unknown): Promise<unknown> => {
    this.asked.push([command, given]);
    return new Promise((resolve) => this.#answers.push(resolve));
  };

  /** To the first that waits. */
  async answers(body: unknown): Promise<void> {
    this.#answers.shift()!(body);
    await Promise.resolve();
    await Promise.resolve();
  }
}

const request = (seq: number, command: string, given: unknown = {}): Message => ({ type: "request", seq, command, arguments: given });
const response = (to: Message, body: unknown = {}, command = to.command!): Message => ({ type: "response", seq: 0, request_seq: to.seq, command, body });

describe("a step in the debugger", () => {
  let session: Session;
  let steps: HeldSteps;
  beforeEach(() => (steps = new HeldSteps((session = new Session()))));

  it("goes its way at once where nothing is being read", () => {
    const step = request(1, "next", { threadId: 7 });
    steps.received(step);
    assert.equal(step.command, "next");
    steps.sent(response(step));
    assert.deepEqual(session.asked, []);
  });

  it("is held until all that is being read has come", () => {
    const [scope, watch, step] = [request(1, "variables"), request(2, "evaluate"), request(3, "next", { threadId: 7 })];
    for (const message of [scope, watch, step]) steps.received(message);
    assert.equal(step.command, "threads");
    steps.sent(response(scope));
    steps.sent(response(step));
    assert.deepEqual(session.asked, []);
    steps.sent(response(watch));
    assert.deepEqual(session.asked, [["next", { threadId: 7 }]]);
  });

  it("is not made twice where VS Code sent it as it was", () => {
    const [scope, step] = [request(1, "variables"), request(2, "stepIn", { threadId: 7 })];
    for (const message of [scope, step]) steps.received(message);
    steps.sent(response(step, {}, "stepIn"));
    steps.sent(response(scope));
    assert.deepEqual(session.asked, []);
  });

  it("leaves continuing and stopping alone", () => {
    steps.received(request(1, "variables"));
    for (const command of ["continue", "disconnect", "pause"]) {
      const other = request(2, command);
      steps.received(other);
      assert.equal(other.command, command);
    }
  });
});

describe("the rows `this` and Return value of the debugger", () => {
  const stack = request(1, "stackTrace", { threadId: 0 });
  const scopes = request(2, "scopes", { frameId: 5 });
  const variables = request(3, "variables", { variablesReference: 9 });
  const told = { scopes: [{ variablesReference: 9 }, { variablesReference: 10 }] };
  /** As the debugger sends them: in the order of their names, and what is no variable of the program's without a hint. */
  const x = { name: "x", value: "Proxy(Object)", presentationHint: {} };

  async function shown(values: { readonly returned?: string; readonly receiver: string }, described: readonly string[], scope = 9) {
    const session = new Session();
    const rows = new UndescribedRows(session);
    rows.sent(
      response(stack, {
        stackFrames: [
          { id: 5, name: "forward" },
          { id: 6, name: "train" },
        ],
      }),
    );
    rows.received(scopes);
    assert.deepEqual(
      session.asked,
      ["this", "$returnValue"].map((expression) => ["evaluate", { expression, frameId: 5, context: "watch" }]),
    );
    rows.sent(response(scopes, told));
    rows.received({ ...variables, arguments: { variablesReference: scope } });
    for (const result of described) await session.answers({ result });
    const returned = values.returned === undefined ? [] : [{ name: "Rückgabewert", value: values.returned }];
    const all = [...returned, { name: "this", value: values.receiver }, { ...x }];
    rows.sent(response(variables, { variables: all }));
    assert.deepEqual(all.at(-1), x);
    return all.slice(0, -1).map(({ value }) => value);
  }

  const module = { receiver: "Proxy(Function)" };
  const returning = { returned: "_Tensor", receiver: "Proxy(Function)" };

  it("say what a module is", async () => assert.deepEqual(await shown(module, ["Net 49 params", "undefined"]), ["Net 49 params"]));
  it("say what tensor is returned, in any language", async () =>
    assert.deepEqual(await shown(returning, ["Net 49 params", "Tensor[2] float32"]), ["Tensor[2] float32", "Net 49 params"]));
  it("are left as they are where there is no module", async () =>
    assert.deepEqual(await shown({ receiver: "undefined" }, ["undefined", "undefined"]), ["undefined"]));
  it("are left as they are where the answer comes too late", async () => assert.deepEqual(await shown(returning, []), ["_Tensor", "Proxy(Function)"]));
  it("stand before no method's name in the call stack", () => {
    const stackFrames = ["Proxy(Function).forward", "Proxy.of", "train"].map((name, id) => ({ id, name }));
    new UndescribedRows(new Session()).sent(response(stack, { stackFrames }));
    assert.deepEqual(
      stackFrames.map(({ name }) => name),
      ["forward", "Proxy.of", "train"],
    );
  });
  it("are the innermost scope's alone", async () =>
    assert.deepEqual(await shown(returning, ["Net 49 params", "Tensor[2] float32"], 10), ["_Tensor", "Proxy(Function)"]));
});

describe("the expression at the cursor", () => {
  const line = "    const h = this.fc1.weight.mul(x2, rows[3].grad);";
  const at = (word: string, within = 1) => expressionAt(line, line.indexOf(word) + within);

  it("is the name with what leads to it, up to where the cursor is", () => {
    assert.equal(at("h = "), "h");
    assert.equal(at("fc1"), "this.fc1");
    assert.equal(at("weight"), "this.fc1.weight");
    assert.equal(at("x2"), "x2");
    assert.equal(at("grad"), "rows[3].grad");
    assert.equal(at("[3]"), "rows[3]");
  });

  it("is nothing between names", () => {
    assert.equal(expressionAt(line, 1), undefined);
    assert.equal(expressionAt("", 0), undefined);
  });
});
