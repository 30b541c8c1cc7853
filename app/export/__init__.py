"""Results become files: one format each, atomic."""
