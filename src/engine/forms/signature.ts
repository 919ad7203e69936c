/**
 * How a public function may be called, as text that reads like its declaration and is taken apart when a call first needs
 * it: `roll(input: Tensor, shifts: Int|Int[], dims?: Int|Int[])`, `add(input: Tensor, other: number|Tensor, { alpha?: number })`.
 */

export interface Parameter {
  readonly name: string;
  readonly kinds: readonly string[];
  readonly optional: boolean;
  /** Whether it is given by name only, as what stands after `*` in Python. */
  readonly keyword: boolean;
  /** Whether a list may also be given one by one: `zeros(2, 3)`. */
  readonly spread: boolean;
  /** Whether it is what comes one by one at the end, as `*args` in Python. */
  readonly rest: boolean;
}

export interface Signature {
  readonly name: string;
  readonly positional: readonly Parameter[];
  readonly keywords: readonly Parameter[];
  /** As a message shows it. */
  readonly text: string;
}

const known = new Map<string, Signature>();

export function signatureOf(text: string): Signature {
  const found = known.get(text);
  if (found) return found;
  const made = parse(text);
  known.set(text, made);
  return made;
}

function parse(text: string): Signature {
  const open = text.indexOf("(");
  const brace = text.indexOf("{");
  const end = text.lastIndexOf(")");
  const positional = brace === -1 ? text.slice(open + 1, end) : text.slice(open + 1, brace);
  const keywords = brace === -1 ? "" : text.slice(brace + 1, text.lastIndexOf("}")).trim();
  const name = text.slice(0, open);
  const made = { name, positional: parameters(positional, false), keywords: parameters(keywords, true) };
  return { ...made, text: shown(made) };
}

function parameters(text: string, keyword: boolean): Parameter[] {
  return text
    .split(", ")
    .filter((part) => part !== "")
    .map((part) => {
      const [head = "", kinds = ""] = part.split(": ");
      return {
        name: head.replace(/^\.\.\.|^\*|\?$/g, ""),
        kinds: kinds.split("|"),
        optional: head.endsWith("?"),
        keyword,
        spread: /^(\.\.\.|\*)/.test(head),
        rest: head.startsWith("*"),
      };
    });
}

function shown({ name, positional, keywords }: Omit<Signature, "text">): string {
  const word = ({ name: own, optional, rest }: Parameter): string => (rest ? `...${own}` : optional ? `${own}?` : own);
  const places = positional.map(word);
  if (keywords.length > 0) places.push(`{ ${keywords.map(word).join(", ")} }`);
  return `${name}(${places.join(", ")})`;
}
