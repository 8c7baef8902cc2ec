/**
 * Creates the directories that a view needs beside the shared lower: {@link
 * dev.overlays.instance.InstanceDirectories} those of an instance, {@link
 * dev.overlays.instance.EphemeralUpper} the upper of an ephemeral view.
 */
@NullMarked
package dev.overlays.instance;

import org.jspecify.annotations.NullMarked;
