"""What a farm of thousands of shots costs the driver, measured without its stages' work."""
