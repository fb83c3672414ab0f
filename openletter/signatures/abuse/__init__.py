"""What keeps strangers from signing for others, and machines for people."""
