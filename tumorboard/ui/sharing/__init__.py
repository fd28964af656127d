"""Papers, slides and bundles: what leaves the program."""
