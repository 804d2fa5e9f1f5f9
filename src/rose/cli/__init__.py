"""The command line: `rose`, a file for each of its commands.

Nothing that a program imports needs it, so that `import rose` works where click is not installed.
"""
