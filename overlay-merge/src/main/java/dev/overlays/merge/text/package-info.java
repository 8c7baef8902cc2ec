/** Numbers as text for people. */
package dev.overlays.merge.text;
