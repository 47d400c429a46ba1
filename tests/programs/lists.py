"""Lists that grow."""
