"""The Markdown of letters: what is markup in it and what is text, and what a text loses by it."""
