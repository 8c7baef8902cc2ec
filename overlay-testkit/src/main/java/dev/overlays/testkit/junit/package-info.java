/**
 * A JUnit Jupiter extension that gives each test a fresh writable view of a big directory: {@link
 * dev.overlays.testkit.junit.WithOverlay}, and for {@code @TempDir} {@link
 * dev.overlays.testkit.junit.OverlayTempDirFactory}.
 */
@NullMarked
package dev.overlays.testkit.junit;

import org.jspecify.annotations.NullMarked;
