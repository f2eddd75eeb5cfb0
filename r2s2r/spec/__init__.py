"""The scene language: frozen wishes, one file per part, parsed once at the door. No numpy, no torch."""
