/**
 * Faults on purpose in any file system of {@code java.nio.file}: {@link
 * dev.overlays.testkit.fault.FaultyFileSystem}. For layer stores there is {@link
 * dev.overlays.testkit.layer.FaultyLayerStore}; both are told by {@link
 * dev.overlays.testkit.layer.OperationFaults} what is to fail.
 */
package dev.overlays.testkit.fault;
