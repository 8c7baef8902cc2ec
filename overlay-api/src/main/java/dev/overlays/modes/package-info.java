/**
 * Lets ordinary users work in their own layers where the modes lock them out: modes are changed for
 * a moment and restored afterwards.
 */
package dev.overlays.modes;
