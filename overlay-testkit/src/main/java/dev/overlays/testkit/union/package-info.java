/**
 * The union file system: layers merged into one view that is used through {@code java.nio.file},
 * and that writes to the upper as a mounted overlay would. Start at {@link
 * dev.overlays.testkit.union.UnionFileSystems}.
 */
@NullMarked
package dev.overlays.testkit.union;

import org.jspecify.annotations.NullMarked;
