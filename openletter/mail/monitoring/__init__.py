"""Whether mail arrives: alarms, statistics, a mail to oneself, what name servers say."""
