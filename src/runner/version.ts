/** Which Kindling this is: what the manifest beside or above the bundle says. */
import { existsSync, readFileSync } from "node:fs";

export function version(): string {
  for (let folder = new URL(".", import.meta.url); ; folder = new URL("..", folder)) {
    const manifest = new URL("package.json", folder);
    if (existsSync(manifest)) return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
    if (folder.pathname === "/") return "unknown";
  }
}
