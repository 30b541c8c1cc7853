"""The engine: media and models become events."""
