"""Public numbers: read, recounted, and served as JSON and to other sites."""
