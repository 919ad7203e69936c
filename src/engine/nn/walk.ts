/** Going through a module and all below it without recursion: modules may be nested thousands deep, or hold themselves. */

/** What to do with each module on the way. `depth` is 0 for the outermost. */
export interface Steps<M> {
  /** Before its children. `false` leaves them and `up` out. */
  down?(module: M, name: string, path: string, depth: number): boolean | void;
  /** After its children. */
  up?(module: M, depth: number): void;
  /** Where a module is met again within itself: there the way ends. */
  within(module: M, name: string, path: string, depth: number): void;
}

/**
 * Visits modules depth first; one that has several places is visited in each.
 * @param childrenOf a module's children with their names
 * @param path of the outermost; a child's is its parent's, its own name and a dot
 */
export function walk<M>(root: M, childrenOf: (module: M) => readonly (readonly [name: string, module: M])[], path: string, steps: Steps<M>): void {
  const open: { readonly module: M; readonly path: string; readonly children: readonly (readonly [string, M])[]; next: number }[] = [];
  const isOpen = new Set<M>();
  const enter = (module: M, name: string, own: string): void => {
    if (isOpen.has(module)) return steps.within(module, name, own, open.length);
    if (steps.down?.(module, name, own, open.length) === false) return;
    open.push({ module, path: own, children: childrenOf(module), next: 0 });
    isOpen.add(module);
  };
  enter(root, "", path);
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const child = last.children[last.next++];
    if (child !== undefined) {
      enter(child[1], child[0], `${last.path}${child[0]}.`);
      continue;
    }
    open.pop();
    isOpen.delete(last.module);
    steps.up?.(last.module, open.length);
  }
}
