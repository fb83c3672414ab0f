"""What moderators do about appeals: a card at a time."""
