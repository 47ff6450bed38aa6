"""Words → values: numbers, times, places, outlets, actors, people and kinds of event, by tables that a coder can edit."""
