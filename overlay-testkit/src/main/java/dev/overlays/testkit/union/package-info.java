/**
 * The union file system: layers merged into one view that is used through {@code java.nio.file},
 * and that writes to the upper as a mounted overlay would. Start at {@link
 * dev.overlays.testkit.union.UnionFileSystems}.
 */
package dev.overlays.testkit.union;
