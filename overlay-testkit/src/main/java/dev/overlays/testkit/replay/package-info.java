/**
 * Performs the same operations on two views and compares the results: of each operation, of the
 * views, of the uppers, of the uppers when the other side opens them, and of a merge. Operations
 * are random and come from a seed; a difference is shrunk to a few lines of Java.
 */
@NullMarked
package dev.overlays.testkit.replay;

import org.jspecify.annotations.NullMarked;
