//! Turns effects into mail; notify-sweep sends what is due.
