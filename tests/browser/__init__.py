"""Pages that bench writes, in a real browser."""
