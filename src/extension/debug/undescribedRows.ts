/**
 * Rows that the debugger describes by nothing but V8's own word, whatever the session says of descriptions: among the locals
 * `this`, which is `Proxy(Function)` for a module, and behind it what a function is about to return. In Watch it asks them as
 * it asks any value: so that is asked as soon as a frame is known, and stands in the row when that comes. Methods in the call
 * stack lose the word, which is part of their names.
 */
import type { DebugSession } from "vscode";
import type { Message } from "./heldSteps.ts";

interface Row {
  readonly name: string;
  value: string;
  /** Variables of the program have one. What is returned goes by a name in the editor's language, but has none, like `this`. */
  readonly presentationHint?: unknown;
}

interface Frame {
  readonly id: number;
  name: string;
}

/** How a module reads that nobody described. */
const undescribed = /^Proxy\(\w+\)$/;
const ofUndescribed = /^Proxy\(\w+\)\./;

/** What each of these rows is in Watch. The second is the debugger's own word. */
const asked = ["this", "$returnValue"] as const;
type Asked = (typeof asked)[number];
/** What the second is where nothing returns. */
const nothing = "undefined";

export class UndescribedRows {
  readonly #session: Pick<DebugSession, "customRequest">;
  /** Descriptions, by the frame. */
  readonly #texts = new Map<number, Map<Asked, string>>();
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
      this.#ask(frameId);
    }
    if (command === "variables") this.#asked.set(seq, (given as { readonly variablesReference: number }).variablesReference);
  }

  /** The debugger has answered, or told something. VS Code gets what is made of it here. */
  sent({ type, event, command, request_seq: request = 0, body }: Message): void {
    if (type === "event" && event === "continued") return this.#forget();
    if (type !== "response") return;
    if (command === "stackTrace" && body) this.#readFrames((body as { readonly stackFrames: readonly Frame[] }).stackFrames);
    const about = this.#asked.get(request);
    this.#asked.delete(request);
    if (about === undefined || !body) return;
    if (command === "scopes") {
      const [innermost] = (body as { readonly scopes: readonly { readonly variablesReference: number }[] }).scopes;
      if (innermost) this.#frames.set(innermost.variablesReference, about);
    }
    if (command === "variables") this.#describe(about, (body as { readonly variables: readonly Row[] }).variables);
  }

  #readFrames(frames: readonly Frame[]): void {
    for (const frame of frames) frame.name = frame.name.replace(ofUndescribed, "");
    // Variables shows the innermost by itself, and right after: the answers have to be here by then.
    if (frames[0]) this.#ask(frames[0].id);
  }

  #describe(scope: number, rows: readonly Row[]): void {
    const texts = this.#texts.get(this.#frames.get(scope) ?? -1);
    const receiver = rows.find(({ name }) => name === "this");
    if (receiver && undescribed.test(receiver.value)) receiver.value = texts?.get("this") ?? receiver.value;
    const text = texts?.get("$returnValue") ?? nothing;
    const [returned, ...others] = rows.filter((row) => row !== receiver && row.presentationHint === undefined);
    if (returned && others.length === 0 && text !== nothing) returned.value = text;
  }

  #ask(frameId: number): void {
    if (this.#texts.has(frameId)) return;
    const texts = new Map<Asked, string>();
    this.#texts.set(frameId, texts);
    for (const expression of asked) {
      void this.#session.customRequest("evaluate", { expression, frameId, context: "watch" }).then(
        ({ result }: { readonly result: string }) => texts.set(expression, result),
        // The program went on meanwhile.
        () => {},
      );
    }
  }

  #forget(): void {
    this.#texts.clear();
    this.#frames.clear();
  }
}
