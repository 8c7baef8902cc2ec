/**
 * A backend that mounts nothing: its views are {@linkplain dev.overlays.testkit.union union file
 * systems}. It lets the tests of whatever uses overlays run on any machine, without root, over
 * layers in memory.
 */
@NullMarked
package dev.overlays.testkit.memory;

import org.jspecify.annotations.NullMarked;
