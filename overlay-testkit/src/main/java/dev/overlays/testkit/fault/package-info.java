/**
 * A file system whose operations can be made to fail: {@link
 * dev.overlays.testkit.fault.FaultyFileSystem} wraps any file system of {@code java.nio.file}, as
 * {@link dev.overlays.testkit.layer.FaultyLayerStore} wraps layer stores. Tests configure both
 * through {@link dev.overlays.testkit.layer.OperationFaults}.
 */
@NullMarked
package dev.overlays.testkit.fault;

import org.jspecify.annotations.NullMarked;
