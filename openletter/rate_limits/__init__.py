"""How often something may be tried: by an account, from a network, about an address."""
