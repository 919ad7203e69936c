/** From a module to the lines that make and call it, wherever it is named. */
import type { ModuleInfo, SourcePosition } from "../../src/protocol/index.ts";
import { placeOf, type PlaceKind } from "../../src/run/modulePlaces.ts";
import { fileName } from "../../src/run/text.ts";
import type { Store } from "../store.ts";
import { IconButton } from "./icon.tsx";

export function goTo(store: Store, module: ModuleInfo, kind: PlaceKind): void {
  const position = placeOf(module, kind);
  if (position) store.post({ type: "reveal", position });
}

/** A button for each of its places that is known. */
export function ModuleLinks({ store, module }: { store: Store; module: ModuleInfo }) {
  const { constructedAt, calledAt, declaredAt } = module;
  return (
    <span class="module-links">
      <Link store={store} position={constructedAt} what="made" icon="go-to-file" />
      <Link store={store} position={calledAt} what="called" icon="call-outgoing" />
      <Link store={store} position={declaredAt} what="declared" icon="symbol-class" />
    </span>
  );
}

function Link({ store, position, what, icon }: { store: Store; position: SourcePosition | undefined; what: PlaceKind | "declared"; icon: string }) {
  if (!position) return null;
  const label = `Go to where it is ${what} (${fileName(position.file)}:${position.line})`;
  return <IconButton icon={icon} label={label} onClick={() => store.post({ type: "reveal", position })} testId={`go-to-${what}`} />;
}

/** What VS Code needs to know of a module for a menu of its own over it. */
export function menuContext(module: ModuleInfo | null | undefined): string | undefined {
  if (!module) return undefined;
  const [made, called] = [placeOf(module, "made"), placeOf(module, "called")];
  return JSON.stringify({
    webviewSection: "module",
    name: module.path || module.name,
    ...(made && { isMade: true, made }),
    ...(called && { isCalled: true, called }),
    preventDefaultContextMenuItems: true,
  });
}
