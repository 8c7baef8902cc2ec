/**
 * Layers for tests: a store over any file system of {@code java.nio.file}, the contract of every
 * store, faults on purpose, random layers, and a rendering of what a view shows.
 */
package dev.overlays.testkit.layer;
