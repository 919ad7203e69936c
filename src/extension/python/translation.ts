import { createRequire } from "node:module";

type Translation = typeof import("../../toPython/index.ts");

/** The translation into Python, which has a parser with it: loaded from its own file once somebody asks for it. */
export const translation = (): Translation => createRequire(__filename)("./toPython.cjs") as Translation;
