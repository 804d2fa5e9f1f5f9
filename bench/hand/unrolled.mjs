// By hand nobody unrolls a loop of a hundred thousand: it is the loop.

export { make } from "./pairs.mjs";
