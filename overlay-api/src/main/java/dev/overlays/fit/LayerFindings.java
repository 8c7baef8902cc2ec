package dev.overlays.fit;

import dev.overlays.Problem;
import java.util.List;

/**
 * What a look at all entries of a layer has found.
 *
 * @param problems what the kernel does not understand with the options of the spec
 * @param hasMetacopies whether a file was seen whose data is in another layer
 */
public record LayerFindings(List<Problem> problems, boolean hasMetacopies) {}
