"""Running programs: the reference interpreter, the WebAssembly hosts, and bundles for the web."""
