"""Background jobs and what they share: whose files are whose (`user_scope`), and who may use which (`access`)."""
