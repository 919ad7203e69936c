// Stands in for VS Code's native log writer (@vscode/spdlog), so that the server needs no compiler.
// Same interface; lines are appended to a file that is turned over when it grows too large.
const { appendFileSync, mkdirSync, renameSync, statSync } = require("node:fs");
const { dirname } = require("node:path");

const levels = ["trace", "debug", "info", "warning", "error", "critical", "off"];

class Logger {
  #file;
  #limit;
  #count;
  #size;
  #level = 2;
  #plain = false;
  #lines = [];
  #timer;

  constructor(_type, _name, file, limit, count) {
    mkdirSync(dirname(file), { recursive: true });
    this.#file = file;
    this.#limit = limit;
    this.#count = count;
    this.#size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  trace(text) {
    this.#write(0, text);
  }
  debug(text) {
    this.#write(1, text);
  }
  info(text) {
    this.#write(2, text);
  }
  warn(text) {
    this.#write(3, text);
  }
  error(text) {
    this.#write(4, text);
  }
  critical(text) {
    this.#write(5, text);
  }
  getLevel() {
    return this.#level;
  }
  setLevel(level) {
    this.#level = level;
  }
  setPattern() {
    this.#plain = false;
  }
  clearFormatters() {
    this.#plain = true;
  }

  #write(level, text) {
    if (level < this.#level) return;
    this.#lines.push(this.#plain ? text : `${timestamp()} [${levels[level]}] ${text}\n`);
    this.#timer ??= setTimeout(() => this.flush(), 20).unref();
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lines.length === 0) return;
    const text = this.#lines.join("");
    this.#lines = [];
    try {
      if (this.#size + text.length > this.#limit) this.#turnOver();
      appendFileSync(this.#file, text);
      this.#size += Buffer.byteLength(text);
    } catch {
      // A log that can't be written (its folder was removed while the server stops) must not end the server.
    }
  }

  #turnOver() {
    for (let i = this.#count - 1; i > 0; i--) {
      const older = this.#numbered(i - 1);
      if (statSync(older, { throwIfNoEntry: false })) renameSync(older, this.#numbered(i));
    }
    this.#size = 0;
  }

  #numbered(i) {
    return i === 0 ? this.#file : this.#file.replace(/(\.[^./]*)?$/, `.${i}$1`);
  }

  drop() {
    this.flush();
  }
}

function timestamp() {
  const now = new Date();
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 23).replace("T", " ");
}

async function createLogger(name, file, limit, count) {
  return new Logger("rotating_async", name, file, limit, count);
}

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = createLogger;
exports.createAsyncRotatingLogger = createLogger;
