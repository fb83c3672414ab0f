"""People who run letters together: who is in a team, as what, and how they get in and out."""
