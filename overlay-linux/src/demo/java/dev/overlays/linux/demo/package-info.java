/**
 * A shared cache from mount to merge, told step by step: {@link
 * dev.overlays.linux.demo.SharedCacheDemo}.
 */
package dev.overlays.linux.demo;
