package dev.overlays.linux.union;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Runs a script in a view and records the result or exception of each call. */
final class RecordedScript {
  /** Newer JDKs report "no such file" for some calls, where others report the reason. */
  private static final Pattern NOT_A_DIRECTORY =
      Pattern.compile("java.nio.file.FileSystemException(: .*): Not a directory");

  private final Path root;
  private final List<String> results = new ArrayList<>();

  private RecordedScript(Path root) {
    this.root = root;
  }

  /** A script with a name. */
  record NamedScript(String name, ScriptBody play) {
    @Override
    public String toString() {
      return name;
    }
  }

  @FunctionalInterface
  interface ScriptBody {
    void playIn(RecordedScript scene) throws IOException;
  }

  @FunctionalInterface
  interface RecordedCall {
    Object makeCall() throws Exception;
  }

  static String playScript(NamedScript script, Path root) throws IOException {
    RecordedScript scene = new RecordedScript(root);
    script.play.playIn(scene);
    return String.join("\n", scene.results);
  }

  Path resolvePath(String path) {
    return root.resolve(path);
  }

  /** Makes a call and records its outcome, with paths relative to the root of the view. */
  void recordCall(RecordedCall call) {
    String result;
    try {
      result = String.valueOf(call.makeCall());
    } catch (Exception e) {
      result = e.getClass().getName() + ": " + e.getMessage();
    }
    String prefix = root.toString();
    String shown = prefix.length() == 1 ? result : result.replace(prefix + "/", "/");
    results.add(
        NOT_A_DIRECTORY.matcher(shown).replaceFirst(NoSuchFileException.class.getName() + "$1"));
  }
}
