/** `scheduler.step()` that stands before `optimizer.step()` in a loop. */
import type * as t from "@babel/types";
import type { Fix, Problem } from "../../protocol/index.ts";
import type { Call, Program } from "../program.ts";
import { finding, insertingAfter, removingStatement } from "../rule.ts";
import { holderOf, isOptimizerStep, isSchedulerStep, outermostLoop, reached } from "../training.ts";
import { isFunction, isIn, isLoop, objectOf, type Node } from "../tree.ts";

export function* schedulerBeforeOptimizer(program: Program): Generator<Problem> {
  for (const call of program.calls) {
    if (!isSchedulerStep(program, call) || !outermostLoop(program, call)) continue;
    const later = stepBehind(program, call);
    if (!later) continue;
    yield finding(program, "scheduler-before-optimizer", call, {
      message: "The scheduler steps before the optimizer, so the first learning rate of its schedule is skipped. Call it after optimizer.step().",
      fix: fixOf(program, call, later),
    });
  }
}

/** The statement with the optimizer's first step, where that stands in the same turn of a loop and behind the scheduler's. */
function stepBehind(program: Program, call: Call): t.Statement | undefined {
  for (let node: Node = call; !isLoop(node);) {
    const place = program.statementOf(node);
    if (!place) return undefined;
    const isStep = (statement: Node): boolean => reached(program, statement).calls.some((other) => isStepOf(program, other, call));
    if (place.block.slice(0, place.index).some(isStep)) return undefined;
    const later = place.block.slice(place.index + 1).find(isStep);
    const outer = program.around(place.statement, (one) => isLoop(one) || isFunction(one));
    if (later) return outer && isLoop(outer) ? later : undefined;
    const block = program.parentOf(place.statement);
    if (!block || !outer || !isLoop(outer) || program.parentOf(block) === outer) return undefined;
    node = block;
  }
  return undefined;
}

/** A step of the optimizer that the scheduler was made for, or may have been. */
function isStepOf(program: Program, step: Call, scheduler: Call): boolean {
  if (!isOptimizerStep(program, step)) return false;
  const [made] = program.instanceOf(objectOf(scheduler.callee)!)?.creation.arguments ?? [];
  if (!made) return true;
  const [own, other] = [holderOf(program, made), holderOf(program, objectOf(step.callee)!)];
  return own === undefined || other === undefined || own === other;
}

function fixOf(program: Program, call: Call, later: t.Statement): Fix | undefined {
  const place = program.statementOf(call);
  if (place?.statement.type !== "ExpressionStatement" || place.statement.expression !== call || isIn(call, later)) return undefined;
  return {
    title: "Move it after the optimizer's step",
    edits: [removingStatement(program, place.statement), insertingAfter(program, later, program.textOf(place.statement))],
  };
}
