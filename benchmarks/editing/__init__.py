"""Parts of the measurement of edit."""
