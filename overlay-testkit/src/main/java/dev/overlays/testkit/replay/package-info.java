/**
 * The same operations on two views, and all that may not differ: what each operation answers, what
 * the views show, what is left in the uppers, what the other side makes of these, and what a merge
 * does. Random operations from a seed, shrunk to a few lines of Java when something differs.
 */
package dev.overlays.testkit.replay;
