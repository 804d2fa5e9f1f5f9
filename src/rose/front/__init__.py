"""Tracing: ordinary Python functions over traced values become Funcs."""
