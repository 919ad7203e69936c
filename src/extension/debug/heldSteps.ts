/**
 * A step waits until the debugger has read what it was asked for. To read values it runs code in the program; where a step
 * comes between, V8 forgets the step and the program runs on. Variables is read anew at each stop, so a second press of the
 * step key is all that it takes.
 *
 * VS Code lets nobody hold up a request, but sends the object that a tracker was shown: the step becomes a request that does
 * nothing, and is asked for once more when it is time. It is only where the answer tells that this happened.
 */
import type { DebugSession } from "vscode";

export interface Message {
  readonly type: string;
  readonly seq: number;
  command?: string;
  arguments?: unknown;
  readonly request_seq?: number;
  readonly event?: string;
  readonly body?: unknown;
}

/** Requests that make the debugger run code in the program. */
const reading: ReadonlySet<string> = new Set(["variables", "evaluate"]);
const steps: ReadonlySet<string> = new Set(["next", "stepIn", "stepOut"]);
const nothing = "threads";

interface Step {
  readonly seq: number;
  readonly command: string;
  readonly arguments: unknown;
}

export class HeldSteps {
  readonly #session: Pick<DebugSession, "customRequest">;
  /** Requests that have no answer yet. */
  readonly #unread = new Set<number>();
  #asked: Step | undefined;
  #held: Step | undefined;

  constructor(session: Pick<DebugSession, "customRequest">) {
    this.#session = session;
  }

  /** VS Code is about to send a request. */
  received(message: Message): void {
    const { seq, command = "", arguments: given } = message;
    if (reading.has(command)) this.#unread.add(seq);
    if (!steps.has(command) || this.#unread.size === 0) return;
    this.#asked = { seq, command, arguments: given };
    message.command = nothing;
  }

  /** The debugger has answered, or told something. */
  sent({ type, command, request_seq: request }: Message): void {
    if (type !== "response" || request === undefined) return;
    this.#unread.delete(request);
    if (this.#asked?.seq === request) {
      if (command === nothing) this.#held = this.#asked;
      this.#asked = undefined;
    }
    if (!this.#held || this.#unread.size > 0) return;
    const { command: step, arguments: given } = this.#held;
    this.#held = undefined;
    // The program may have ended meanwhile.
    void this.#session.customRequest(step, given).then(undefined, () => {});
  }
}
