"""Media files: the only importer of PyAV."""
