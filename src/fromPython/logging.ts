/** Python's `logging`: loggers, handlers and levels. */
import { level, NoTwin, primary, type Code } from "./context.ts";
import type { Expressions } from "./expressions.ts";
import { listed, type Doc } from "./layout.ts";
import type { Call, Expression } from "./syntax.ts";
import { percentText } from "./text.ts";
import { present } from "./types.ts";

export const logger = "logging.Logger";

const levels: Readonly<Record<string, string>> = { NOTSET: "0", DEBUG: "10", INFO: "20", WARNING: "30", WARN: "30", ERROR: "40", CRITICAL: "50", FATAL: "50" };

/** What stands where in a call by position. */
const parameters: Readonly<Record<string, readonly string[]>> = {
  getLogger: ["name"],
  Formatter: ["fmt", "datefmt", "style"],
  StreamHandler: ["stream"],
  FileHandler: ["filename", "mode"],
};

const saysSomething = /^(debug|info|warning|warn|error|critical|log)$/;

export function loggingValue(name: string): string | undefined {
  return levels[name];
}

export function loggingCall(to: Expressions, name: string, call: Call): Code {
  if (saysSomething.test(name)) {
    // Without a configuration the module's own functions take the usual one.
    return primary("(", to.context.helper("logging"), ".basicConfig(), ", logged(to, [to.context.helper("logging"), ".root"], name, call).doc, ")");
  }
  for (const { value } of call.arguments) reportUnknownFields(to, value);
  if (name === "basicConfig") {
    const entries = call.arguments.map((argument): Doc => {
      if (argument.name === undefined) throw new NoTwin("`logging.basicConfig` takes what it is given by name", call.from);
      return [argument.name, ": ", to.argument(argument.value)];
    });
    return primary(to.context.helper("logging"), ".basicConfig(", entries.length > 0 ? listed("{", entries, "}", { spaced: true }) : "", ")");
  }
  const names = parameters[name];
  if (!names) throw new NoTwin(`\`logging.${name}\` has no twin here`, call.from);
  const docs: (Doc | undefined)[] = [];
  for (const argument of call.arguments) {
    const at = argument.name === undefined ? docs.length : names.indexOf(argument.name);
    if (at < 0 || at >= names.length) throw new NoTwin(`\`${argument.name ?? "This"}\` has no twin in \`logging.${name}\` here`, call.from);
    docs[at] = to.argument(argument.value);
  }
  const given = listed(
    "(",
    Array.from(docs, (doc) => doc ?? "undefined"),
    ")",
  );
  return primary(name === "getLogger" ? "" : "new ", to.context.helper("logging"), `.${name}`, given);
}

/** `logger.info("epoch %d", epoch)` */
export function loggerMethod(to: Expressions, object: Expression, name: string, call: Call): Code | undefined {
  if (saysSomething.test(name)) return logged(to, to.receiver(object), name, call);
  if (name === "exception") throw new NoTwin("`exception` writes where Python was, which has no twin here: use `error`", call.from);
  return undefined;
}

function logged(to: Expressions, receiver: Doc, name: string, call: Call): Code {
  if (call.arguments.some((argument) => argument.name !== undefined || argument.star))
    throw new NoTwin("A logger is given a text and its values here", call.from);
  const values = call.arguments.map(({ value }) => value);
  const severity = name === "log" ? values.shift() : undefined;
  const [message, ...given] = values;
  if (!message) throw new NoTwin("A logger is given a text and its values here", call.from);
  if (given.length > 0 && message.kind !== "string") throw new NoTwin("A text whose values are put in has to stand there", message.from);
  const text = given.length > 0 && message.kind === "string" ? percentText(to, message.value, given).doc : logText(to, message);
  return primary(receiver, `.${name === "warn" ? "warning" : name}(`, severity ? [to.operand(severity, level.assignment), ", "] : "", text, ")");
}

/** What isn't a text is written as `print` writes it. */
function logText(to: Expressions, message: Expression): Doc {
  if (present(to.typeOf(message)).kind === "string") return to.argument(message);
  return percentText(to, "%s", [message]).doc;
}

/** What a format says that is known only of Python's own files. */
function reportUnknownFields(to: Expressions, value: Expression): void {
  const text = value.kind === "string" ? value.value : "";
  const found = /\b(lineno|funcName|filename|pathname|module|process|processName|thread|threadName|created|msecs|relativeCreated)(?=\)[sd]|[:}])/.exec(text);
  if (found) to.context.report(value.from, `\`${found[1]}\` in a format of \`logging\` has no twin here: it stays as it stands`);
}
