package dev.overlays.testkit.layer;

import dev.overlays.layer.MarkNamespace;

/**
 * What random layers may hold: device nodes and sockets, any owner and mode, every mark there is,
 * and whiteouts of any form in an upper too.
 */
record RandomShape(
    MarkNamespace marks,
    boolean nodes,
    boolean owners,
    boolean formats,
    boolean upperXattrWhiteouts) {}
