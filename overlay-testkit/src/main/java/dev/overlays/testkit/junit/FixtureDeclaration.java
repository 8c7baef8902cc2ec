package dev.overlays.testkit.junit;

import dev.overlays.InvalidSpecException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** The fixture that a test class, or the nearest enclosing class, declares. */
record FixtureDeclaration(FixtureSource source, FixtureCheck check, ViewRequest request) {

  static FixtureDeclaration of(ExtensionContext context) {
    Class<?> test = context.getRequiredTestClass();
    List<Class<?>> classes = new ArrayList<>(context.getEnclosingTestClasses());
    classes.add(test);
    Collections.reverse(classes);
    WithOverlay annotation =
        classes.stream()
            .flatMap(c -> AnnotationSupport.findAnnotation(c, WithOverlay.class).stream())
            .findFirst()
            .orElseThrow(() -> wrongDeclaration(test, "has no @WithOverlay"));
    String named = annotation.fixture();
    for (Class<?> declaring : classes) {
      Set<FixtureSource> sources = sourcesIn(declaring);
      if (sources.size() > 1 || (!sources.isEmpty() && !named.isEmpty())) {
        throw wrongDeclaration(test, "has more than one fixture: " + named + sources);
      }
      if (!sources.isEmpty()) {
        return declarationOf(test, sources.iterator().next(), annotation);
      }
    }
    if (named.isEmpty()) {
      throw wrongDeclaration(
          test,
          "has no fixture: name a directory in @WithOverlay(fixture = ...), or put @Fixture on a"
              + " static Path field or a static method");
    }
    return declarationOf(test, new FixtureSource.NamedDirectory(Path.of(named)), annotation);
  }

  private static FixtureDeclaration declarationOf(
      Class<?> test, FixtureSource source, WithOverlay annotation) {
    try {
      ViewRequest request = ViewRequest.of(annotation).requireConsistent();
      return new FixtureDeclaration(source, annotation.check(), request);
    } catch (InvalidSpecException e) {
      throw wrongDeclaration(
          test, "requests options that contradict each other: " + e.getMessage());
    }
  }

  private static Set<FixtureSource> sourcesIn(Class<?> declaring) {
    Set<FixtureSource> sources = new LinkedHashSet<>();
    for (Field field : AnnotationSupport.findAnnotatedFields(declaring, Fixture.class)) {
      if (!Modifier.isStatic(field.getModifiers()) || field.getType() != Path.class) {
        throw wrongDeclaration(declaring, "has a @Fixture that is not a static Path: " + field);
      }
      sources.add(new FixtureSource.FieldDirectory(field));
    }
    for (Method method :
        AnnotationSupport.findAnnotatedMethods(
            declaring, Fixture.class, HierarchyTraversalMode.TOP_DOWN)) {
      sources.add(sourceOf(declaring, method));
    }
    return sources;
  }

  private static FixtureSource sourceOf(Class<?> declaring, Method method) {
    List<Class<?>> parameters = List.of(method.getParameterTypes());
    if (Modifier.isStatic(method.getModifiers())) {
      if (parameters.isEmpty() && method.getReturnType() == Path.class) {
        return new FixtureSource.ReturnedDirectory(method);
      }
      if (parameters.equals(List.of(Path.class)) && method.getReturnType() == void.class) {
        return new FixtureSource.FilledDirectory(method);
      }
    }
    throw wrongDeclaration(
        declaring,
        "has a @Fixture method that is neither static Path name() nor static void name(Path): "
            + method);
  }

  private static ExtensionConfigurationException wrongDeclaration(Class<?> test, String what) {
    return new ExtensionConfigurationException(test.getName() + " " + what);
  }
}
