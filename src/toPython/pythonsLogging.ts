/** Python's `logging` in TypeScript: a program that comes from Python and logs brings it along. */
import type { Helper } from "./pythonsOwn.ts";

export const loggingHelper: Helper = {
  code: `/** Python's \`logging\`: levels, loggers by name, and where their lines go. */
const logging = (() => {
  const levels: Record<string, number> = { NOTSET: 0, DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 };
  const levelOf = (level: number | string): number => (typeof level === "number" ? level : levels[level]!);
  const padded = (digits: number, width = 2): string => String(digits).padStart(width, "0");
  const dateText = (format: string): string => {
    const now = new Date();
    const parts: Record<string, string> = {
      Y: String(now.getFullYear()),
      y: padded(now.getFullYear() % 100),
      m: padded(now.getMonth() + 1),
      d: padded(now.getDate()),
      H: padded(now.getHours()),
      I: padded(now.getHours() % 12 || 12),
      M: padded(now.getMinutes()),
      S: padded(now.getSeconds()),
      p: now.getHours() < 12 ? "AM" : "PM",
      b: now.toLocaleString("en", { month: "short" }),
      "%": "%",
    };
    return format.replaceAll(/%(\\w|%)/g, (whole, letter: string) => parts[letter] ?? whole);
  };
  class Formatter {
    readonly usesTime: boolean;
    constructor(
      readonly fmt: string | null = null,
      readonly datefmt: string | null = null,
      readonly style = "%",
    ) {
      this.usesTime = (fmt ?? "").includes("asctime");
    }
    text(fields: Record<string, any>): string {
      const millis = padded(new Date().getMilliseconds(), 3);
      const all = this.usesTime ? { ...fields, asctime: this.datefmt === null ? dateText("%Y-%m-%d %H:%M:%S,") + millis : dateText(this.datefmt) } : fields;
      const written = (whole: string, name: string, left = "", width = "") => {
        if (!(name in all)) return whole;
        return left === "" ? String(all[name as "message"]).padStart(Number(width)) : String(all[name as "message"]).padEnd(Number(width));
      };
      const wide = (whole: string, name: string, side = "<", width = "") => written(whole, name, side === ">" ? "" : "-", width);
      if (this.style === "{") return (this.fmt ?? "{message}").replaceAll(/\\{(\\w+)(?::([<>])?(\\d*)s?)?\\}/g, wide);
      return (this.fmt ?? "%(message)s").replaceAll(/%\\((\\w+)\\)(-?)(\\d*)[sd]/g, written);
    }
  }
  class Handler {
    level = 0;
    formatter = new Formatter();
    constructor(readonly write: (line: string) => void) {}
    setLevel(level: number | string): void {
      this.level = levelOf(level);
    }
    setFormatter(formatter: Formatter): void {
      this.formatter = formatter;
    }
    handle(fields: Record<string, any>, level: number): void {
      if (level >= this.level) this.write(\`\${this.formatter.text(fields)}\\n\`);
    }
  }
  class StreamHandler extends Handler {
    constructor(stream: { write(text: string): unknown } = process.stderr) {
      super((line) => void stream.write(line));
    }
  }
  class FileHandler extends Handler {
    constructor(path: string, mode = "a") {
      if (mode === "w") writeFileSync(path, "");
      super((line) => appendFileSync(path, line));
    }
  }
  class Logger {
    level = 0;
    propagate = true;
    handlers: Handler[] = [];
    constructor(
      readonly name: string,
      readonly parent: Logger | null,
    ) {}
    setLevel(level: number | string): void {
      this.level = levelOf(level);
    }
    addHandler(handler: Handler): void {
      if (!this.handlers.includes(handler)) this.handlers.push(handler);
    }
    removeHandler(handler: Handler): void {
      this.handlers = this.handlers.filter((one) => one !== handler);
    }
    hasHandlers(): boolean {
      return this.reached().length > 0;
    }
    getEffectiveLevel(): number {
      return this.level || (this.parent?.getEffectiveLevel() ?? 0);
    }
    isEnabledFor(level: number): boolean {
      return level >= this.getEffectiveLevel();
    }
    /** Its own handlers and those of the loggers above. */
    reached(): Handler[] {
      return [...this.handlers, ...(this.propagate && this.parent ? this.parent.reached() : [])];
    }
    log(level: number, message: unknown): void {
      if (!this.isEnabledFor(level)) return;
      const levelname = Object.keys(levels).find((name) => levels[name] === level) ?? \`Level \${level}\`;
      const handlers = this.reached();
      for (const handler of handlers) handler.handle({ name: this.name, levelname, levelno: level, message: String(message) }, level);
      if (handlers.length === 0 && level >= levels.WARNING!) process.stderr.write(\`\${String(message)}\\n\`);
    }
    debug(message: unknown): void {
      this.log(levels.DEBUG!, message);
    }
    info(message: unknown): void {
      this.log(levels.INFO!, message);
    }
    warning(message: unknown): void {
      this.log(levels.WARNING!, message);
    }
    error(message: unknown): void {
      this.log(levels.ERROR!, message);
    }
    critical(message: unknown): void {
      this.log(levels.CRITICAL!, message);
    }
  }
  const root = new Logger("root", null);
  root.level = levels.WARNING!;
  const loggers = new Map<string, Logger>();
  const getLogger = (name: string | null = null): Logger => {
    if (name === null || name === "root") return root;
    const dot = name.lastIndexOf(".");
    if (!loggers.has(name)) loggers.set(name, new Logger(name, dot < 0 ? root : getLogger(name.slice(0, dot))));
    return loggers.get(name)!;
  };
  interface Configuration {
    level?: number | string;
    format?: string;
    datefmt?: string | null;
    style?: string;
    stream?: { write(text: string): unknown };
    filename?: string;
    filemode?: string;
    handlers?: Handler[];
    force?: boolean;
  }
  const basicConfig = (given: Configuration = {}): void => {
    if (given.force) root.handlers = [];
    if (root.handlers.length > 0) return;
    const usual = given.style === "{" ? "{levelname}:{name}:{message}" : "%(levelname)s:%(name)s:%(message)s";
    const formatter = new Formatter(given.format ?? usual, given.datefmt, given.style);
    const own = given.filename === undefined ? new StreamHandler(given.stream) : new FileHandler(given.filename, given.filemode);
    for (const handler of given.handlers ?? [own]) {
      if (handler.formatter.fmt === null) handler.setFormatter(formatter);
      root.addHandler(handler);
    }
    if (given.level !== undefined) root.setLevel(given.level);
  };
  return { root, getLogger, basicConfig, Formatter, StreamHandler, FileHandler };
})();`,
  node: [
    ["node:fs", "appendFileSync"],
    ["node:fs", "writeFileSync"],
  ],
};
