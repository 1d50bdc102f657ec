"""The service over HTTP: creating and following tasks, fetching results. No Qt, no files but the ones it is handed."""
