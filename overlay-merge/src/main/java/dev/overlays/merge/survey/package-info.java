/**
 * Surveys an upper before anything is changed: its marks, its renamed directories, and what the
 * file system of the lower has to hold.
 */
package dev.overlays.merge.survey;
