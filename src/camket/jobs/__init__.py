"""Jobs: a leased table with fencing, one row for each finished step, and worker threads that run inside `serve`."""
