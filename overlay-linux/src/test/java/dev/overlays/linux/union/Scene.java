package dev.overlays.linux.union;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Runs a script in a view and records the result or exception of each call. */
final class Scene {
  /** Newer JDKs report "no such file" for some calls, where others report the reason. */
  private static final Pattern NOT_A_DIRECTORY =
      Pattern.compile("java.nio.file.FileSystemException(: .*): Not a directory");

  private final Path root;
  private final List<String> results = new ArrayList<>();

  private Scene(Path root) {
    this.root = root;
  }

  /** A script with a name. */
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

  /** Makes a call and records its outcome, with paths relative to the root of the view. */
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
