"""Render: the animation becomes instance-masked passes."""
