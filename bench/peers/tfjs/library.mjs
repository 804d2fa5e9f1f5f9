// What a program needs of tfjs: build.mjs makes one file of it.

import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-core/dist/register_all_gradients";

export { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
export * from "@tensorflow/tfjs-core";
