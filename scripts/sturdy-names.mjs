// Part of every build of the engine: esbuild's helper that keeps names describes them with an ordinary object, which would
// inherit an `Object.prototype.get` that a user's program made up, and then be refused.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** @type {import("esbuild").Plugin} */
export const sturdyNames = {
  name: "sturdy names",
  setup(build) {
    build.initialOptions.write = false;
    build.onEnd(async ({ outputFiles = [] }) => {
      for (const { path, contents, text } of outputFiles) {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, path.endsWith(".js") ? sturdy(text) : contents);
      }
    });
  },
};

/** As long as before, so that source maps hold. */
function sturdy(code) {
  return code.replace(
    /(__name ?= ?\(target, ?value\) ?=> ?__defProp\(target, ?"name", ?)(\{[^}]*\})/,
    (_, call, descriptor) => call + "{value,__proto__:null}".padEnd(descriptor.length),
  );
}
