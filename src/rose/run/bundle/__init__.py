"""Files for the web: what a module and its signatures become for pages, Workers and Node."""
