"""Tests of the whole house; the folders mirror ``desktop_app``."""
