/**
 * Layers for tests: a store over any file system of {@code java.nio.file}, the contract of every
 * store, injected faults, random layers, and manifests of what views show.
 */
@NullMarked
package dev.overlays.testkit.layer;

import org.jspecify.annotations.NullMarked;
