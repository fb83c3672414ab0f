"""How much mail leaves: to a mailbox, to a domain, of a letter, in a minute and a day."""
