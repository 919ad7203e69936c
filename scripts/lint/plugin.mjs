// The rules of this house that no published linter has, for oxlint (.oxlintrc.json).
import { hashPrivate } from "./hashPrivate.mjs";
import { imports } from "./imports.mjs";

export default { meta: { name: "house" }, rules: { "imports": imports, "hash-private": hashPrivate } };
