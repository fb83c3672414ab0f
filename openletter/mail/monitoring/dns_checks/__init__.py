"""What receivers look up about whoever sends them mail, looked up and judged; see run.py."""
