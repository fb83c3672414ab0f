"""Whether mail arrives: reputation, what fails, statistics, a mail to oneself, name servers."""
