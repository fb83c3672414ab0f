"""A letter's number on other people's pages: in a frame, and by what finds its way there."""
