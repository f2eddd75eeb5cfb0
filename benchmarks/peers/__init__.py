"""The same scene drawn by other renderers, each made to deliver the same four passes."""
