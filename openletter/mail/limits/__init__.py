"""How much mail leaves: to one mailbox, to one domain, of one letter, a day."""
