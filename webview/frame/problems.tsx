import { useComputed } from "@preact/signals";
import type { Problem, SourcePosition } from "../../src/protocol/index.ts";
import { isHealthLint } from "../../src/run/health/problems.ts";
import { namedModule } from "../../src/run/modulePlaces.ts";
import { namesModule } from "../../src/run/modules.ts";
import { fileName } from "../../src/run/text.ts";
import type { Store } from "../store.ts";
import { Icon } from "./icon.tsx";
import { ModuleLinks } from "./moduleLinks.tsx";

/** What went wrong, on top of the panel: the worst as a banner, further ones in a list that opens. */
export function Problems({ store }: { store: Store }) {
  // What a training's health comes to has a line of its own.
  const problems = useComputed(() => (store.run.value?.problems ?? []).filter(({ code }) => !isHealthLint(code))).value;
  const open = useComputed(() => store.choices.value.problemsOpen).value;
  const first = worst(problems);
  if (!first) return null;
  const others = problems.filter((problem) => problem !== first);
  return (
    <section class="problems" aria-label="Problems">
      <div class="banner">
        <ProblemRow store={store} problem={first} />
        {others.length > 0 && (
          <button
            type="button"
            class="link more-problems"
            aria-expanded={open}
            onClick={() => store.dispatch({ type: "choose", choices: { problemsOpen: !open } })}
            data-testid="more-problems"
          >
            {`${others.length} more`}
            <Icon name={open ? "chevron-up" : "chevron-down"} />
          </button>
        )}
      </div>
      {open && others.length > 0 && (
        <ul class="problem-list">
          {others.map((problem, i) => (
            <li key={i}>
              <ProblemRow store={store} problem={problem} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The first error, else what breaks the training, else the first of all. */
function worst(problems: readonly Problem[]): Problem | undefined {
  return problems.find(({ severity }) => severity === "error") ?? problems.find(({ code }) => code === "nonFiniteLoss") ?? problems[0];
}

function ProblemRow({ store, problem }: { store: Store; problem: Problem }) {
  const { severity, message, module, position, stack = [], code } = problem;
  // The innermost is where the problem itself is.
  const callers = stack.slice(1);
  const named = module === undefined ? undefined : namedModule(store.run.value?.models ?? [], module);
  return (
    <div class={`problem ${severity}`} role={severity === "error" ? "alert" : "status"} data-testid="problem" data-code={code}>
      <Icon name={severity === "information" ? "info" : severity} label={severity} />
      <p class="problem-text">
        <span class="problem-message" title={message}>
          {message}
        </span>
        {position && <Jump store={store} position={position} testId="problem-jump" />}
        {!namesModule(problem) && <span class="muted">in {module}</span>}
        {named && <ModuleLinks store={store} module={named.module} />}
        {callers.map((caller, i) => (
          <span key={i} class="muted problem-caller">
            called by {caller.function || "the file"} <Jump store={store} position={caller.position} />
          </span>
        ))}
      </p>
    </div>
  );
}

function Jump({ store, position, testId }: { store: Store; position: SourcePosition; testId?: string }) {
  return (
    <button
      type="button"
      class="link"
      title={`Go to ${position.file}:${position.line}`}
      onClick={() => store.post({ type: "reveal", position })}
      data-testid={testId}
    >
      {`${fileName(position.file)}:${position.line}`}
    </button>
  );
}
