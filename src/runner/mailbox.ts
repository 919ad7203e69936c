/** What the main thread tells a busy worker thread: a port carries it, and the control says that there is something. */
import { MessageChannel, receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import type { Steering } from "../protocol/index.ts";
import type { Control } from "./control.ts";

/** The main thread's side. */
export class Letters {
  readonly #control: Control;
  readonly #port: MessagePort;
  /** The worker's side's; to be transferred. */
  readonly mailbox: MessagePort;

  constructor(control: Control) {
    const { port1, port2 } = new MessageChannel();
    this.#control = control;
    this.#port = port1;
    this.mailbox = port2;
    port1.unref();
  }

  post(steering: Steering): void {
    this.#port.postMessage(steering);
    this.#control.wake();
  }
}

/** The worker thread's side. It reads what has come when it chooses to, also while it is busy or waits. */
export class Mailbox {
  readonly #control: Control;
  readonly #port: MessagePort;
  #seen = 0;

  constructor(control: Control, port: MessagePort) {
    this.#control = control;
    this.#port = port;
  }

  /** All that has come since the last time, oldest first. */
  *take(): Generator<Steering> {
    const { news } = this.#control;
    if (news === this.#seen) return;
    this.#seen = news;
    for (let letter = receiveMessageOnPort(this.#port); letter; letter = receiveMessageOnPort(this.#port)) yield letter.message as Steering;
  }

  /** Blocks until there may be more. */
  wait(): void {
    this.#control.waitForNews(this.#seen);
  }
}
