"""What the web server does around the pages: whose cookie it is, whose files they are, and which headers it sends."""
