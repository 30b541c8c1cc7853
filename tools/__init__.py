"""Programs beside the program: they make what the project ships or tests with."""
