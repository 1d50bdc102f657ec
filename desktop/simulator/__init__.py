"""A local service that answers as the remote one does."""

VERSION = "1.0"
