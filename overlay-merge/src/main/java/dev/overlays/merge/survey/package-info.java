/**
 * What is found out before anything is changed: the marks of the upper, renamed directories, and
 * what the lower has to keep.
 */
package dev.overlays.merge.survey;
