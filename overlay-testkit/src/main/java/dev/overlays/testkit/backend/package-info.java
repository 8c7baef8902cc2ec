/** The contract that every backend has to pass, for authors of backends. */
@NullMarked
package dev.overlays.testkit.backend;

import org.jspecify.annotations.NullMarked;
