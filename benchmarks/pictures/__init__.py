"""Real pictures with masks drawn by hand: what selecting and lifting are measured against."""
