"""What follows what: links, by the days on which they hold."""
