package dev.overlays.testkit.replay;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Prints steps as calls of the methods of {@link Replay}, which have the names of the records. */
final class JavaSource {
  private JavaSource() {}

  static String of(Replay replay) {
    StringBuilder source = new StringBuilder("new Replay(" + replay.seed() + "L)");
    if (!replay.missingEntries().isEmpty()) {
      source.append("\n    .without(");
      source.append(
          replay.missingEntries().stream()
              .map(JavaSource::literalOf)
              .collect(Collectors.joining(", ")));
      source.append(')');
    }
    replay.listSteps().forEach(step -> source.append("\n    ").append(callOf(step)));
    return source.toString();
  }

  static String callOf(ReplayStep step) {
    String name = step.getClass().getSimpleName();
    return "."
        + Character.toLowerCase(name.charAt(0))
        + name.substring(1)
        + Stream.of(step.getClass().getRecordComponents())
            .flatMap(component -> argumentsOf(component, componentValue(component, step)))
            .collect(Collectors.joining(", ", "(", ")"));
  }

  /** Returns the paths and names in a step. */
  static List<String> textsIn(ReplayStep step) {
    List<String> texts = new ArrayList<>();
    for (RecordComponent component : step.getClass().getRecordComponents()) {
      if (componentValue(component, step) instanceof String text) {
        texts.add(text);
      }
    }
    return texts;
  }

  private static Object componentValue(RecordComponent component, ReplayStep step) {
    try {
      return component.getAccessor().invoke(step);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("steps are records of this package", e);
    }
  }

  private static Stream<String> argumentsOf(RecordComponent component, Object value) {
    if (value instanceof Collection<?> options) {
      return options.stream().map(JavaSource::constantOf);
    }
    if (value instanceof String text) {
      return Stream.of(literalOf(text));
    }
    if (value instanceof Long number) {
      return Stream.of(number + "L");
    }
    return Stream.of(
        component.getName().equals("mode") ? "0" + Integer.toOctalString((int) value) : value + "");
  }

  private static String constantOf(Object option) {
    Enum<?> constant = (Enum<?>) option;
    return constant.getDeclaringClass().getSimpleName() + "." + constant.name();
  }

  static String literalOf(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
