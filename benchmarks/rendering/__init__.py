"""What is measured of the render stage, one question a file."""
