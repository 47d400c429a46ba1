"""Generated code on disk, for the next process: found again only if nothing that it stands on has changed."""
