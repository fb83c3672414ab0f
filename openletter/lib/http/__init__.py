"""Requests, answers and addresses of pages."""
