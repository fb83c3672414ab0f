"""Which tables grow with signers, mails or time, and which with the work of staff."""

from __future__ import annotations

# Tables to which signers, mails or time add rows. On each of them an index or a constraint may take
# longer than anybody should wait.
GROW = {
    "accounts.KnownNetwork", "accounts.UsedCode",
    "alarms.Alarm",
    "claims.Appeal", "claims.Claim",
    "ledger.LedgerEntry",
    "mail.DomainPause", "mail.MailDomain", "mail.MailEvent", "mail.OutgoingMail",
    "mail.SentInMinute", "mail.SuppressedAddress",
    "moderation.AuditEntry", "moderation.Review", "moderation.RuleVerdict",
    "privacy.DiskTrace",
    "rate_limits.RateLimit",
    "signatures.CodeAttempt", "signatures.FormSubmission",
    "signatures.Signature",
    "statistics.HourCount", "statistics.Movement", "statistics.OpenedCount",
    "sweeps.Swept",
}  # fmt: skip
# Tables to which only staff add.
STAY_SMALL = {
    "accounts.Invitation", "accounts.Membership", "accounts.Team", "accounts.User",
    "claims.LetterClaims",
    "letters.FormerSlug", "letters.Letter", "letters.TextVersion", "letters.Translation",
    "letters.Update", "letters.UpdateText",
    "mail.Throttle",
    "moderation.ListedSource", "moderation.RuleSetting", "moderation.WatchedName",
    "ledger.Recount", "ledger.Tally",
    "mailings.Mailing",
    "statistics.Alert", "statistics.Census", "statistics.CountryCount", "statistics.Followed",
    "statistics.LetterCount", "statistics.WithoutAlerts",
    "sweeps.Sweep",
}  # fmt: skip
