"""Models: the only importer of onnxruntime and pywhispercpp."""
