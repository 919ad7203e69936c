/** Kindling's own forms by public name, as the declarations in the source have them. */
import { fileURLToPath } from "node:url";
// @ts-expect-error a plain script of the build
import { declarationsIn } from "../../scripts/forms/declarations.mjs";

interface DeclaredParameter {
  readonly name: string;
  readonly optional: boolean;
  readonly kinds: readonly string[];
  readonly spread: boolean;
}

export interface DeclaredForm {
  readonly parameters: readonly DeclaredParameter[];
  readonly keywords: { readonly members: readonly DeclaredParameter[] } | null;
}

interface Declaration {
  readonly name: string;
  readonly names: readonly string[];
  readonly kind: "function" | "class" | "base" | "type" | "value";
  readonly forms?: readonly DeclaredForm[];
  readonly methods?: readonly { readonly name: string; readonly forms: readonly DeclaredForm[] }[];
  readonly above: Declaration | null;
}

const declarations = declarationsIn(fileURLToPath(new URL("../../src/engine", import.meta.url))) as Declaration[];
const byName = new Map(declarations.flatMap((declaration) => declaration.names.map((name) => [name, declaration] as const)));

/** All tagged names. */
export const declaredNames: readonly string[] = [...byName.keys()];

/** The forms of `torch.roll`, `Tensor.roll` (without its receiver), `nn.Linear` (its constructor's), `optim.SGD.step`; `null` where nothing is declared. */
export function formsOf(name: string): readonly DeclaredForm[] | null {
  const found = byName.get(name);
  if (found) return name.startsWith("Tensor.") ? found.forms!.filter(({ parameters }) => parameters.length > 0).map(withoutReceiver) : (found.forms ?? null);
  const owner = byName.get(name.slice(0, name.lastIndexOf("."))) ?? (name.startsWith("Tensor.") ? byName.get("torch.Tensor") : undefined);
  const method = name.slice(name.lastIndexOf(".") + 1);
  for (let place: Declaration | null = owner ?? null; place; place = place.above) {
    const forms = place.methods?.find((each) => each.name === method)?.forms;
    if (forms) return forms;
  }
  return null;
}

const withoutReceiver = ({ parameters, keywords }: DeclaredForm): DeclaredForm => ({ parameters: parameters.slice(1), keywords });
