"""Jobs on their way: one runner a job, a queue that owns them, recovery after a crash. asyncio, no Qt."""
