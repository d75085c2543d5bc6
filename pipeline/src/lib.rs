//! The driver: stage table, graph, scheduler, explain, progress, events.
