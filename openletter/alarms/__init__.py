"""What a person should look at: raised once, told, and called off when it is over."""
