"""Encode: frames become what people watch."""
