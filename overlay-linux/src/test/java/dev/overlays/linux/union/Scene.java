package dev.overlays.linux.union;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Some operations in a view, of which each result and each exception is written down. */
final class Scene {
  /** Newer JDKs say of some calls that there is no such file, where others say why. */
  private static final Pattern NOT_A_DIRECTORY =
      Pattern.compile("java.nio.file.FileSystemException(: .*): Not a directory");

  private final Path root;
  private final List<String> results = new ArrayList<>();

  private Scene(Path root) {
    this.root = root;
  }

  /** What is done, by a name. */
  record Script(String name, Play play) {
    @Override
    public String toString() {
      return name;
    }
  }

  @FunctionalInterface
  interface Play {
    void in(Scene scene) throws IOException;
  }

  @FunctionalInterface
  interface Call {
    Object make() throws Exception;
  }

  static String play(Script script, Path root) throws IOException {
    Scene scene = new Scene(root);
    script.play.in(scene);
    return String.join("\n", scene.results);
  }

  Path at(String path) {
    return root.resolve(path);
  }

  /** Does something, and writes down what comes of it, with paths from the root of the view. */
  void call(Call call) {
    String result;
    try {
      result = String.valueOf(call.make());
    } catch (Exception e) {
      result = e.getClass().getName() + ": " + e.getMessage();
    }
    String prefix = root.toString();
    String shown = prefix.length() == 1 ? result : result.replace(prefix + "/", "/");
    results.add(
        NOT_A_DIRECTORY.matcher(shown).replaceFirst(NoSuchFileException.class.getName() + "$1"));
  }
}
