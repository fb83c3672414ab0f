"""Measurements of a whole site: `./run bench [name]`.

A bench starts a site as ./run does, fills it, drives it from a second process, counts every answer
that is not the expected one, and compares at the end what was accepted with what the database
holds. It prints a table and asserts nothing about time.
"""
