"""Reports for people, and for programs: what a night did, from the journals of its runs and the store."""
