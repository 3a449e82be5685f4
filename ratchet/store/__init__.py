"""What has happened, kept in a database: SQLite in a file, or PostgreSQL."""
