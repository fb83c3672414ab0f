"""What signers do with their own signature and their own mail, by the links in their mails."""
