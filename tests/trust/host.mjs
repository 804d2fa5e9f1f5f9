// Runs modules for tests/trust/hosts.py: in Node it reads a request a line, in a page it is called.

/** The same as `_host_call` in generate.py. */
const host = (...args) => args.reduce((total, x) => total * x + 0.25, args[0] * 0.5);
const imports = { "trust.host1": host, "trust.host2": host, "trust.host3": host };
globalThis.trust = { host1: host, host2: host, host3: host };

const toBytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const toText = (bytes) => btoa(String.fromCharCode(...bytes));

/** Calls of exports by name: arguments are written into memory, results read from it. */
async function raw({ wasm, calls }) {
  const { instance } = await WebAssembly.instantiate(toBytes(wasm), { host: imports });
  const memory = new Uint8Array(instance.exports.memory.buffer);
  return calls.map(({ name, args, results }) => {
    for (const [address, text] of args) memory.set(toBytes(text), address);
    instance.exports[name]();
    return results.map(([address, count]) => toText(memory.subarray(address, address + count)));
  });
}

const NUMBERS = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };
const revived = (key, value) => (typeof value === "string" && value in NUMBERS ? NUMBERS[value] : value);
const bits = (x) => {
  if (x !== x) return "nan";
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Number(x));
  return view.getBigUint64(0).toString(16).padStart(16, "0");
};
/** A result with the bits of its numbers in place of them. */
const inBits = (x) =>
  x === null ? null
    : Array.isArray(x) ? x.map(inBits)
    : typeof x === "object" ? Object.fromEntries(Object.entries(x).map(([key, part]) => [key, inBits(part)]))
    : bits(x);

/** Calls through the loader that comes with a module: values in, their bits out. */
async function loaded({ wasm, loader, calls }) {
  const { load } = await import(`data:text/javascript;base64,${loader}`);
  const model = await load(toBytes(wasm));
  return calls.map(({ name, args }) => inBits(model[name](...JSON.parse(args, revived))));
}

globalThis.handle = async (request) => {
  try {
    return { results: await (request.loader ? loaded : raw)(request) };
  } catch (error) {
    return { error: `${error.stack}` };
  }
};

/** The same as text, and an error after a minute, as a page that is asked has no limit of time of its own. */
globalThis.answered = async (text) => {
  const late = new Promise((resolve) => setTimeout(resolve, 60_000, { error: "no answer within a minute" }));
  return JSON.stringify(await Promise.race([handle(JSON.parse(text)), late]));
};

if (globalThis.process?.stdin) {
  const { createInterface } = await import("node:readline");
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await handle(JSON.parse(line))));
  }
}
