// Answers tests/validator.py, a line for a line: is this module valid, and is it what its text says?
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(process.argv[2]);
const wabt = await require("wabt")();

/** What a module's bytes are as text, in wabt's own words. */
function disassembled(bytes) {
  const module = wabt.readWasm(bytes, { readDebugNames: false });
  try {
    module.validate();
    return module.toText({ foldExprs: false, inlineExport: false });
  } finally {
    module.destroy();
  }
}

/** The bytes that a text stands for. */
function assembled(text) {
  const module = wabt.parseWat("module.wat", text);
  try {
    module.resolveNames();
    return Uint8Array.from(module.toBinary({ write_debug_names: false }).buffer);
  } finally {
    module.destroy();
  }
}

/** Where two texts first differ. */
function difference(a, b) {
  const [here, there] = [a.split("\n"), b.split("\n")];
  const at = here.findIndex((line, k) => line !== there[k]);
  return `line ${at + 1} of the module is ${here[at]}, and of its text ${there[at]}`;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { wasm, wat } = JSON.parse(line);
  let fault = "";
  try {
    const text = disassembled(Uint8Array.from(Buffer.from(wasm, "base64")));
    const same = wat === null ? text : disassembled(assembled(wat));
    if (text !== same) fault = difference(text, same);
  } catch (error) {
    fault = `${error}`;
  }
  console.log(JSON.stringify(fault));
}
