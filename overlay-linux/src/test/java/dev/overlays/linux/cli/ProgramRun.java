package dev.overlays.linux.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.overlays.linux.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A run of the program {@code overlays} in a JVM of its own: by its jar if the property {@code
 * overlays.cli.jar} names one, else by its classes.
 *
 * @param code the exit code
 * @param out what it wrote to standard output
 * @param err what it wrote to standard error
 */
record ProgramRun(int code, String out, String err) {
  static final String MAIN = "dev.overlays.cli.OverlaysProgram";

  /** Runs a command as the user of the test. */
  static ProgramRun run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(programWords());
    command.addAll(List.of(arguments));
    return finish(new ProcessBuilder(command));
  }

  /** The words that start the program. */
  static List<String> programWords() {
    List<String> words =
        new ArrayList<>(
            List.of(
                ChildJvm.javaProgram(),
                ChildJvm.FIRST_COMPILER_ONLY,
                "--enable-native-access=ALL-UNNAMED"));
    Optional<String> jar = Optional.ofNullable(System.getProperty("overlays.cli.jar"));
    if (jar.isPresent()) {
      words.addAll(List.of("-jar", jar.get()));
    } else {
      words.addAll(List.of("-cp", String.join(File.pathSeparator, ChildJvm.classPath()), MAIN));
    }
    return words;
  }

  /** The class of the program, which the tests are compiled without. */
  static Class<?> mainClass() {
    try {
      return Class.forName(MAIN);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for the end of a program. */
  static ProgramRun finish(ProcessBuilder builder) throws IOException {
    Path out = Files.createTempFile("overlays-test", ".out");
    Path err = Files.createTempFile("overlays-test", ".err");
    try {
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      process.getOutputStream().close();
      int code = process.waitFor();
      return new ProgramRun(code, Files.readString(out), Files.readString(err));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  /** Checks the exit code, and that there is no stack trace. */
  ProgramRun assertCode(int expected) {
    assertEquals(expected, code, () -> out + err);
    assertFalse(err.contains("\tat "), err);
    assertFalse(out.contains("\tat "), out);
    return this;
  }

  /** Parses standard output as one object of JSON, by the letter of RFC 8259. */
  JsonObject json() throws IOException {
    return parse(out);
  }

  static JsonObject parse(String text) throws IOException {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    JsonElement element = new Gson().getAdapter(JsonElement.class).read(reader);
    assertEquals(JsonToken.END_DOCUMENT, reader.peek(), text);
    return element.getAsJsonObject();
  }

  /** The codes of the problems in the JSON. */
  List<String> problemCodes() throws IOException {
    return textsOf(json(), "problems", "code");
  }

  /** One field of each element of an array. */
  static List<String> textsOf(JsonObject object, String array, String field) {
    List<String> texts = new ArrayList<>();
    object
        .getAsJsonArray(array)
        .forEach(
            each -> {
              JsonElement value = each.getAsJsonObject().get(field);
              texts.add(value.isJsonNull() ? null : value.getAsString());
            });
    return texts;
  }
}
