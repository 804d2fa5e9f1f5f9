"""WebAssembly: modules as data, their bytes and text, and the lowering of Funcs to them."""
