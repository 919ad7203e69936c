/**
 * Where Kindling's forms differ from PyTorch's. To see them: `node --import tsx test/forms/differences.ts [PART-OF-A-NAME]`.
 */
import { pathToFileURL } from "node:url";
import { formsOf, type DeclaredForm } from "./declared.ts";
import { signatures, type Form, type Signature } from "./signatures.ts";

export interface Difference {
  readonly name: string;
  readonly what: string;
}

export function differences(): Difference[] {
  return [...signatures.values()].flatMap(differencesOf);
}

function differencesOf({ kindling, forms }: Signature): Difference[] {
  const own = formsOf(kindling);
  if (own === null) return [{ name: kindling, what: "isn't declared" }];
  return forms.flatMap((form) => {
    // What has no meaning here may have its place all the same.
    const isDeclared = (name: string): boolean => own.some(({ parameters }) => parameters.some((parameter) => parameter.name === name));
    const present = form.filter(({ absent, name }) => absent === undefined || isDeclared(name));
    // What may be left out may also be a form of its own.
    const needed = present.filter(({ optional }) => !optional);
    const found = [present, needed].map((each) => least(own.map((declared) => objection(each, declared)))).find((why) => why !== null);
    return found === undefined ? [] : [{ name: kindling, what: `${text(present)}: ${found}` }];
  });
}

/** The objection to the form that comes nearest; `null` where one of them fits. */
function least(objections: readonly (string | null)[]): string | null {
  return objections.includes(null) ? null : (objections.toSorted((a, b) => a!.length - b!.length)[0] ?? "has no form");
}

/** Why a declared form doesn't take these arguments, or `null` where it does. */
function objection(given: Form, { parameters, keywords }: DeclaredForm): string | null {
  const places = given.filter(({ kind }) => kind === "positional" || kind === "variadic");
  const names = given.filter(({ kind }) => kind === "keyword");
  for (const [i, place] of places.entries()) {
    const own = parameters[i];
    if (own === undefined) return `no place for ${place.name}`;
    if (own.name !== place.name) return `${own.name} stands where PyTorch has ${place.name}`;
  }
  const rest = [...parameters.slice(places.length), ...(keywords?.members ?? [])];
  const missing = names.find(({ name }) => !rest.some((own) => own.name === name));
  if (missing) return `no ${missing.name} by name`;
  const surplus = rest.find(({ name, optional }) => !optional && !names.some((each) => each.name === name));
  return surplus ? `asks for ${surplus.name}` : null;
}

const text = (form: Form): string => `(${form.map(({ name, kind, optional }) => `${kind === "keyword" ? "*" : ""}${name}${optional ? "?" : ""}`).join(", ")})`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const wanted = process.argv[2] ?? "";
  const found = differences().filter(({ name }) => name.includes(wanted));
  for (const { name, what } of found) console.log(`${name} ${what}`);
  console.log(found.length);
}
