// A look at what rose compiles.

import { timed } from "../../js/measure.mjs";

/** The bytes that rose hands to `WebAssembly.compile`, and the time spent there: it offers no other way to see them. */
export const spyOnCompile = () => {
  const seen = { bytes: null, compile_ms: 0 };
  const compile = WebAssembly.compile;
  WebAssembly.compile = async (bytes) => {
    seen.bytes = Uint8Array.from(bytes);
    const [module, milliseconds] = await timed(() => compile(bytes));
    seen.compile_ms = milliseconds;
    return module;
  };
  return seen;
};
