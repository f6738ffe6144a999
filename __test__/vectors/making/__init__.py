"""Makes the cases of `bundles.json`, one kind a file."""
