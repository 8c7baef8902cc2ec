/**
 * A view of jimfs that gives everything about an entry by one look-up. Through the views that jimfs
 * has itself, the store of layers would look each entry up five times to read its attributes.
 */
package dev.overlays.testkit.inode;
