"""Passkeys of staff, beside authenticator apps: allauth's WebAuthn in our words and limits."""
