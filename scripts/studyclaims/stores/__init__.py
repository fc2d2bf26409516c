"""Where quads are kept and asked: one module a kind of store."""
