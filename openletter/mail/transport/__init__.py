"""How mail reaches the relay, what its answers mean, and when it is left in peace."""
