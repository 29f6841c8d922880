"""Things done with whole graphs."""
