export const folders: Readonly<Record<"unit" | "runs" | "page", readonly string[]>>;
export function pageShares(): string[][];
