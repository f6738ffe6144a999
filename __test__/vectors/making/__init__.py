"""Makes the cases of `bundles/`, one kind a file."""
