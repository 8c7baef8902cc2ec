/**
 * Directories that a view needs beside the shared lower: those of an instance, and the upper of an
 * ephemeral view. {@link dev.overlays.instance.InstanceDirectories} makes the first, {@link
 * dev.overlays.instance.EphemeralUpper} the second.
 */
package dev.overlays.instance;
