"""How large the body of a request may be, in bytes.

The web server looks (server/bodies.py), Django looks, and both proxies of docs/proxies/.
"""

from __future__ import annotations

# A letter's text, with all that a form of the admin adds.
LARGEST = 2 * 1024 * 1024
# What the public's forms take.
PUBLIC = 64 * 1024
