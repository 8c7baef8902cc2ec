package dev.overlays.testkit.backend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Checks that {@code CONTRACT.md} and the tests have the same promises, each once. */
class ContractTextTest {

  @Test
  void everyPromiseIsTestedOnce() throws IOException {
    assertEquals(writtenNumbers("- "), testedNumbers());
  }

  @Test
  void partsHaveTheSameTitles() throws IOException {
    List<String> titles =
        Stream.of(OverlayBackendContract.class.getDeclaredClasses())
            .map(section -> section.getAnnotation(DisplayName.class).value())
            .sorted()
            .toList();
    assertEquals(
        titles,
        textLines()
            .filter(line -> line.startsWith("## "))
            .map(l -> l.substring(3))
            .sorted()
            .toList());
  }

  private static Stream<String> textLines() throws IOException {
    try (InputStream text = OverlayBackendContract.class.getResourceAsStream("CONTRACT.md")) {
      return new String(text.readAllBytes(), UTF_8).lines().toList().stream();
    }
  }

  /** Returns the numbers of the lines with the given beginning. */
  private static List<String> writtenNumbers(String beginning) throws IOException {
    return textLines()
        .filter(line -> line.startsWith(beginning))
        .map(line -> numberOf(line.substring(beginning.length())))
        .sorted()
        .toList();
  }

  private static List<String> testedNumbers() {
    List<String> numbers = new ArrayList<>();
    for (Class<?> section : OverlayBackendContract.class.getDeclaredClasses()) {
      for (Method method : section.getSuperclass().getDeclaredMethods()) {
        if (method.isAnnotationPresent(Test.class)) {
          numbers.add(numberOf(method.getAnnotation(DisplayName.class).value()));
        } else if (method.isAnnotationPresent(ParameterizedTest.class)) {
          numbers.add(numberOf(method.getAnnotation(ParameterizedTest.class).name()));
        }
      }
    }
    return numbers.stream().sorted().toList();
  }

  private static String numberOf(String text) {
    return text.split(" ", 2)[0];
  }
}
