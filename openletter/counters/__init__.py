"""Public numbers: read, said in sentences, and served as JSON and to other sites."""
