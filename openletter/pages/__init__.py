"""HTML that combines packages: home, a letter, its signatories, its versions, its updates."""
