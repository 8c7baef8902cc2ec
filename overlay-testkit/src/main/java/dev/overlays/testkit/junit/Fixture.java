package dev.overlays.testkit.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the field or method that provides the fixture of {@link WithOverlay} tests. It is one of
 *
 * <ul>
 *   <li>a static field of type {@code Path}: an existing directory, which is never removed;
 *   <li>a static method without parameters that returns such a {@code Path};
 *   <li>a static method with one parameter of type {@code Path}, a new empty directory that it
 *       fills. The directory is removed at the end of the run.
 * </ul>
 *
 * <p>A method is called once per run, before the first test that needs it. All classes that inherit
 * it from a superclass or an interface share what it prepares.
 */
@Documented
@Target({ElementType.FIELD, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Fixture {}
