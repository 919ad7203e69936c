/** What each module of a model is marked with in table and tree. Pure. */
import type { ModelInfo } from "../../protocol/index.ts";
import type { Finding, Severity } from "./rules.ts";

export interface Sign {
  readonly severity: Severity;
  /** Of the module itself; empty where only something below it shows one. */
  readonly findings: readonly Finding[];
}

/** By `ModuleInfo.id`: the modules that show a sign, and those above them. */
export function signs(findings: readonly Finding[], { id, modules }: ModelInfo): ReadonlyMap<number, Sign> {
  const marked = new Map<number, Sign>();
  for (const finding of findings) {
    if (finding.model !== id) continue;
    for (const place of finding.places) {
      const known = marked.get(place);
      marked.set(place, { severity: worse(known?.severity, finding.severity), findings: [...(known?.findings ?? []), finding] });
      for (let above = modules[place]?.parent ?? null; above !== null; above = modules[above]!.parent) {
        const there = marked.get(above);
        marked.set(above, { severity: worse(there?.severity, finding.severity), findings: there?.findings ?? [] });
      }
    }
  }
  return marked;
}

const worse = (a: Severity | undefined, b: Severity): Severity => (a === "error" ? a : b);

/** In words, without marks, for where text is plain. */
export function signText({ findings }: Sign): string {
  if (findings.length === 0) return "Something below it shows a sign of trouble.";
  return findings.map(({ what, advice }) => `${what}\n${advice}`.replaceAll("`", "")).join("\n");
}
