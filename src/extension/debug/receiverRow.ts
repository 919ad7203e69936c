/**
 * The row `this` among the locals, and names of methods in the call stack. The debugger describes it by nothing but V8's own word, which is `Proxy(Function)` for a
 * module, whatever the session says of descriptions. In Watch it asks as of any value: so that is asked as soon as a frame
 * is known, and stands in the row when that comes. Methods lose the word, which is part of their names.
 */
import type { DebugSession } from "vscode";
import type { Message } from "./heldSteps.ts";

interface Row {
  readonly name: string;
  value: string;
}

interface Frame {
  name: string;
}

/** How a module reads that nobody described. */
const undescribed = /^Proxy\(\w+\)$/;
const ofUndescribed = /^Proxy\(\w+\)\./;

export class ReceiverRow {
  readonly #session: Pick<DebugSession, "customRequest">;
  /** Descriptions, by the frame. */
  readonly #texts = new Map<number, string | undefined>();
  /** Frames of innermost scopes, by the scope's reference. */
  readonly #frames = new Map<number, number>();
  /** What requests are about that have no answer yet: the frame, or the scope. */
  readonly #asked = new Map<number, number>();

  constructor(session: Pick<DebugSession, "customRequest">) {
    this.#session = session;
  }

  /** VS Code is about to send a request. */
  received({ seq, command, arguments: given }: Message): void {
    if (command === "scopes") {
      const { frameId } = given as { readonly frameId: number };
      this.#asked.set(seq, frameId);
      void this.#ask(frameId);
    }
    if (command === "variables") this.#asked.set(seq, (given as { readonly variablesReference: number }).variablesReference);
  }

  /** The debugger has answered, or told something. VS Code gets what is made of it here. */
  sent({ type, event, command, request_seq: request = 0, body }: Message): void {
    if (type === "event" && event === "continued") return this.#forget();
    if (type !== "response") return;
    if (command === "stackTrace" && body) {
      for (const frame of (body as { readonly stackFrames: readonly Frame[] }).stackFrames) frame.name = frame.name.replace(ofUndescribed, "");
    }
    const about = this.#asked.get(request);
    this.#asked.delete(request);
    if (about === undefined || !body) return;
    if (command === "scopes") {
      const [innermost] = (body as { readonly scopes: readonly { readonly variablesReference: number }[] }).scopes;
      if (innermost) this.#frames.set(innermost.variablesReference, about);
    }
    if (command === "variables") this.#describe(about, (body as { readonly variables: readonly Row[] }).variables);
  }

  #describe(scope: number, rows: readonly Row[]): void {
    const text = this.#texts.get(this.#frames.get(scope) ?? -1);
    const row = rows.find(({ name }) => name === "this");
    if (row && text !== undefined && undescribed.test(row.value)) row.value = text;
  }

  async #ask(frameId: number): Promise<void> {
    if (this.#texts.has(frameId)) return;
    this.#texts.set(frameId, undefined);
    try {
      const { result } = (await this.#session.customRequest("evaluate", { expression: "this", frameId, context: "watch" })) as { readonly result: string };
      if (this.#texts.has(frameId)) this.#texts.set(frameId, result);
    } catch {
      // The program went on meanwhile.
    }
  }

  #forget(): void {
    this.#texts.clear();
    this.#frames.clear();
  }
}
