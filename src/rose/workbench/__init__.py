"""The workbench, `rose dev FILE`: a model live in the browser, rebuilt whenever its file changes."""
