/** What the extension makes of the messages between VS Code and its debugger. */
import assert from "node:assert/strict";
import { expressionAt } from "../../src/extension/debug/expression.ts";
import { HeldSteps, type Message } from "../../src/extension/debug/heldSteps.ts";
import { ReceiverRow } from "../../src/extension/debug/receiverRow.ts";

/** A session that notes what it is asked, and answers when it is told to. */
class Session {
  readonly asked: [string, unknown][] = [];
  #answer: (body: unknown) => void = () => {};

  customRequest = (command: string, given?: unknown): Promise<unknown> => {
    this.asked.push([command, given]);
    return new Promise((resolve) => (this.#answer = resolve));
  };

  async answers(body: unknown): Promise<void> {
    this.#answer(body);
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

describe("the row `this` of the debugger", () => {
  const scopes = request(1, "scopes", { frameId: 5 });
  const variables = request(2, "variables", { variablesReference: 9 });
  const told = { scopes: [{ variablesReference: 9 }, { variablesReference: 10 }] };

  async function shown(value: string, described: string, scope = 9): Promise<string> {
    const session = new Session();
    const row = new ReceiverRow(session);
    row.received(scopes);
    assert.deepEqual(session.asked, [["evaluate", { expression: "this", frameId: 5, context: "watch" }]]);
    row.sent(response(scopes, told));
    row.received({ ...variables, arguments: { variablesReference: scope } });
    await session.answers({ result: described });
    const rows = [
      { name: "x", value: "Proxy(Object)" },
      { name: "this", value },
    ];
    row.sent(response(variables, { variables: rows }));
    assert.equal(rows[0]!.value, "Proxy(Object)");
    return rows[1]!.value;
  }

  it("says what a module is", async () => assert.equal(await shown("Proxy(Function)", "Net 49 params"), "Net 49 params"));
  it("is left as it is where it is no module", async () => assert.equal(await shown("undefined", "undefined"), "undefined"));
  it("stands before no method's name in the call stack", () => {
    const stackFrames = ["Proxy(Function).forward", "Proxy.of", "train"].map((name) => ({ name }));
    new ReceiverRow(new Session()).sent(response(request(3, "stackTrace"), { stackFrames }));
    assert.deepEqual(
      stackFrames.map(({ name }) => name),
      ["forward", "Proxy.of", "train"],
    );
  });
  it("is the innermost scope's alone", async () => assert.equal(await shown("Proxy(Function)", "Net 49 params", 10), "Proxy(Function)"));
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
