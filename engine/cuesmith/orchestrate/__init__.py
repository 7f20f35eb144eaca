"""Roles to instruments."""
