/**
 * Private paths: an instance hides what its lowers hold there, and never shares its own content.
 */
@NullMarked
package dev.overlays.hiding;

import org.jspecify.annotations.NullMarked;
