"""The camera over a shot: a path that each move of its list takes to a new one."""
