package dev.overlays.testkit.layer;

import dev.overlays.layer.MarkNamespace;

/** What random layers may hold: device nodes and sockets, and any owner and mode. */
record RandomShape(MarkNamespace marks, boolean nodes, boolean owners) {}
