package dev.overlays.testkit.layer;

import dev.overlays.layer.MarkNamespace;

/**
 * What random layers may contain: device nodes and sockets, any owner and mode, marks of every
 * kind, and whiteouts that are marked files in an upper.
 */
record RandomShape(
    MarkNamespace namespace,
    boolean hasNodes,
    boolean hasOwners,
    boolean hasEveryFormat,
    boolean hasUpperXattrWhiteouts) {}
