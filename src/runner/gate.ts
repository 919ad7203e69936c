/** Where a busy program is held up, stopped, and hears what it is told. */
import type { Gate as WatchedGate } from "../observe/steering/gate.ts";
import type { Steering } from "../protocol/index.ts";
import type { Control } from "./control.ts";
import type { Mailbox } from "./mailbox.ts";
import { Signal } from "./shield.ts";

/** Thrown through the user's code when the run was stopped; its `finally` blocks run. */
export class StopSignal extends Signal {
  override name = "Stopped";

  constructor() {
    super("The run was stopped.");
  }
}

const { performance } = globalThis;

export class Gate implements WatchedGate {
  readonly #control: Control;
  readonly #mailbox: Mailbox;
  readonly #hear: (steering: Steering) => void;
  readonly #tellPaused: (paused: boolean) => void;

  /** @param hear gets what the program is told, while it passes or waits */
  constructor(control: Control, mailbox: Mailbox, hear: (steering: Steering) => void, tellPaused: (paused: boolean) => void) {
    this.#control = control;
    this.#mailbox = mailbox;
    this.#hear = hear;
    this.#tellPaused = tellPaused;
  }

  pass(beforeBlocking: () => void): number {
    this.look();
    if (!this.#control.isPaused) return 0;
    const begin = performance.now();
    beforeBlocking();
    this.#tellPaused(true);
    // Read before each look at the signal: what it was told before it was let go on holds from here.
    for (this.#read(); this.#control.isPaused; this.#read()) this.#mailbox.wait();
    if (this.#control.isStopped) throw new StopSignal();
    this.#tellPaused(false);
    return performance.now() - begin;
  }

  look(): void {
    if (this.#control.isStopped) throw new StopSignal();
    this.#read();
  }

  hold(): void {
    this.#control.pause();
  }

  release(): void {
    this.#control.resume();
  }

  #read(): void {
    for (const steering of this.#mailbox.take()) this.#hear(steering);
  }
}
