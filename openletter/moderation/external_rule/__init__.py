"""A rule that another program keeps: asked by a signed request, as Standard Webhooks has it.

docs/external-rule.md says what it is asked and what it may answer. If anything goes wrong, it
abstains.
"""
