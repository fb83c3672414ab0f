"""Names, e-mail addresses and networks, as people write them and as we compare them."""
