"""The jobs dock: the list of jobs with what can be done to each, and the search for a lost one's task."""
