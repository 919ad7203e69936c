/** What a program hands to `log()`, within bounds: it may log whatever it likes, as often as it likes. */
import { Tensor } from "../../engine/tensor.ts";
import { formatCount } from "../../run/numbers.ts";
import { nameLength, textLength } from "../../run/text.ts";

/** Characters that are kept: of one name, of one text, of all names of series, of all texts of the run. */
export const logBounds = { name: nameLength, text: textLength, names: 250_000, texts: 20_000_000 } as const;

export class LoggedValues {
  readonly #series = new Set<string>();
  #nameCharacters = 0;
  #textCharacters = 0;
  readonly #told = new Set<string>();
  #complaints: string[] = [];

  hasSeries(name: string): boolean {
    return this.#series.has(name);
  }

  /** The name under which a series of numbers goes; `undefined` where there is no room for one more. */
  series(name: string): string | undefined {
    const short = this.#shortened(name);
    if (this.#series.has(short)) return short;
    if (this.#nameCharacters + short.length > logBounds.names) {
      this.#complain("names", `log() was given too many names to chart: the values of \`${short}\` and all further new names are left out.`);
      return undefined;
    }
    this.#nameCharacters += short.length;
    this.#series.add(short);
    return short;
  }

  /** What is no number, as text; `undefined` where there is no room for more. */
  note(name: string, value: unknown): { readonly name: string; readonly text: string } | undefined {
    const whole = printed(value);
    if (whole.length > logBounds.text) {
      this.#complain(
        "text",
        `log() was given a text of ${formatCount(whole.length)} characters; of this and all such texts the first ${formatCount(logBounds.text)} are kept.`,
      );
    }
    const text = whole.slice(0, logBounds.text);
    if (this.#textCharacters + text.length > logBounds.texts) {
      this.#complain("texts", "log() was given more text than is kept of one run; all further texts are left out.");
      return undefined;
    }
    this.#textCharacters += text.length;
    return { name: this.#shortened(name), text };
  }

  /** What was left out for the first time since the last call, in words. */
  complaints(): readonly string[] {
    const complaints = this.#complaints;
    if (complaints.length > 0) this.#complaints = [];
    return complaints;
  }

  #shortened(name: string): string {
    if (name.length <= logBounds.name) return name;
    this.#complain(
      "name",
      `log() was given a name of ${formatCount(name.length)} characters; of this and all such names the first ${logBounds.name} are kept.`,
    );
    return name.slice(0, logBounds.name);
  }

  #complain(kind: string, message: string): void {
    if (this.#told.has(kind)) return;
    this.#told.add(kind);
    this.#complaints.push(message);
  }
}

/** Never throws: the value may be anything. */
function printed(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return (typeof value === "object" && value !== null && !(value instanceof Tensor) ? JSON.stringify(value) : undefined) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
