"""OAuth 2.1: clients show access tokens of an authorization server, and this is the resource that they are for."""
