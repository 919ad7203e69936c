/** What a program's hooks tell whoever watches it, in a run as in a rehearsal. */
import type { Observer } from "../observe/observer.ts";
import type { DeclaredClasses } from "./classes.ts";
import type { ProgramHooks } from "./programHooks.ts";

export function observedHooks(observer: Observer, classes: DeclaredClasses): Pick<ProgramHooks, "declared" | "loop" | "turn" | "left" | "called"> {
  return {
    declared: (constructor, index) => {
      classes.declare(constructor as Function, index);
      return constructor;
    },
    loop: (counter, first, bound, loop) => observer.loopTurn(counter, first, bound, loop),
    turn: (loop, mayBreak, index, count) => observer.trainingTurn(loop, mayBreak, index, count),
    left: (loop) => observer.trainingLoopLeft(loop),
    called: (call) => observer.callEnded(call),
  };
}
