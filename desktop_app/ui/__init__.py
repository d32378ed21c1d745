"""Widgets: no SQL, no HTTP, no threads."""
