"""Connections over HTTP, alike for both servers."""
