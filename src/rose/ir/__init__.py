"""The language: types, functions, their text form, their checker, and how they are built and copied."""
