"""The page that waits for the mail: the code, another mail, a wrong address."""
