"""What to do at which provider, and where things are. ``routes.py`` lists the flows of each route, in order."""
