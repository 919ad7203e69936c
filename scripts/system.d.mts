/** The part of system.mjs that tests use. */
export function cacheDirectory(): string;
