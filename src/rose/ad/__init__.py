"""Derivatives as transformations of Funcs: jvp, linearize, transpose, and the vjp and grad made of them.

The order: `activity` says which values depend on which parameters; `jvp` adds tangents; `multiples` joins them with
their factors; `single` finds loops that need no way back; `linearize` splits the result into a forward Func and a
linear one; `transpose` turns the linear one round.
"""
