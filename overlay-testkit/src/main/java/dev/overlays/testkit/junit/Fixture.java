package dev.overlays.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks what gives the fixture of {@link WithOverlay} tests. It is one of
 *
 * <ul>
 *   <li>a static field of type {@code Path}: a directory that is there, which nobody removes;
 *   <li>a static method without parameters that returns such a {@code Path};
 *   <li>a static method with one {@code Path}, a new empty directory that it fills. The directory
 *       is removed at the end of the run.
 * </ul>
 *
 * <p>A method is called once in a run, before the first test that needs it: all classes that
 * inherit it from a superclass or an interface share what it prepares.
 */
@Documented
@Target({ElementType.FIELD, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Fixture {}
