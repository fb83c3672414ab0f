"""News to those who signed: an update on a letter on its way by mail."""
