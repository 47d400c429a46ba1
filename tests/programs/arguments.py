"""Arguments and results that are structures."""
