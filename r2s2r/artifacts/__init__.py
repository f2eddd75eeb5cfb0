"""What stages leave behind: one noun per file, and the content-addressed store that keeps them."""
