/**
 * A shared cache from mount to merge, told step by step: {@link
 * dev.overlays.testkit.demo.SharedCacheDemo}.
 */
package dev.overlays.testkit.demo;
