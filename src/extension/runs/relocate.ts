/** What a run says about a file that was renamed while it went on is said about the file under its new name. */
import type { LineNews, ModelClassInfo, ModelInfo, ModuleInfo, Problem, RunEvent, SeenValue, SourcePosition } from "../../protocol/index.ts";

export type Rename = (file: string) => string;

/** @returns the new name of `file` where `from` was renamed to `to`: the file itself, or a folder above it */
export function renamer(from: string, to: string): Rename {
  return (file) => {
    if (file === from) return to;
    const below = file.startsWith(from) && /^[\\/]/.test(file.slice(from.length));
    return below ? to + file.slice(from.length) : file;
  };
}

export function relocateEvent(event: RunEvent, rename: Rename): RunEvent {
  switch (event.type) {
    case "models":
      return { ...event, models: event.models.map((model) => relocateModel(model, rename)) };
    case "classes":
      return { ...event, classes: event.classes.map((info) => relocateClass(info, rename)) };
    case "problem":
      return { ...event, problem: relocateProblem(event.problem, rename) };
    case "lines":
      return { ...event, lines: event.lines.map((line) => relocateLine(line, rename)) };
    case "values":
      return { ...event, values: event.values.map((value) => relocateValue(value, rename)) };
    case "files":
      return { ...event, files: event.files.map(rename) };
    default:
      return event;
  }
}

export function relocateModel(model: ModelInfo, rename: Rename): ModelInfo {
  return { ...model, modules: model.modules.map((module) => relocateModule(module, rename)) };
}

function relocateModule(module: ModuleInfo, rename: Rename): ModuleInfo {
  return {
    ...module,
    ...(module.constructedAt && { constructedAt: relocate(module.constructedAt, rename) }),
    ...(module.calledAt && { calledAt: relocate(module.calledAt, rename) }),
    ...(module.declaredAt && { declaredAt: relocate(module.declaredAt, rename) }),
  };
}

export function relocateClass(info: ModelClassInfo, rename: Rename): ModelClassInfo {
  return { ...info, declaredAt: relocate(info.declaredAt, rename) };
}

export function relocateValue(value: SeenValue, rename: Rename): SeenValue {
  return { ...value, position: relocate(value.position, rename) };
}

export function relocateProblem(problem: Problem, rename: Rename): Problem {
  return {
    ...problem,
    ...(problem.position && { position: relocate(problem.position, rename) }),
    ...(problem.related && { related: problem.related.map((place) => ({ ...place, position: relocate(place.position, rename) })) }),
    ...(problem.fixes && {
      fixes: problem.fixes.map((fix) => ({ ...fix, edits: fix.edits.map((edit) => ({ ...edit, position: relocate(edit.position, rename) })) })),
    }),
    ...(problem.stack && {
      stack: problem.stack.map((frame) => ({ ...frame, position: relocate(frame.position, rename) })),
    }),
  };
}

export function relocateLine(line: LineNews, rename: Rename): LineNews {
  return { ...line, position: relocate(line.position, rename) };
}

function relocate(position: SourcePosition, rename: Rename): SourcePosition {
  return { ...position, file: rename(position.file) };
}
