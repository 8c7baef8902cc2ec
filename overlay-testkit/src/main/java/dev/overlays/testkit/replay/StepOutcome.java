package dev.overlays.testkit.replay;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The result of an operation as text, which must be the same on both sides. */
final class StepOutcome {
  private static final Pattern INVISIBLE = Pattern.compile("[^ -~]+");

  private static final Pattern NOT_A_DIRECTORY =
      Pattern.compile("FileSystemException(\\(.*\\)): Not a directory");

  private StepOutcome() {}

  /**
   * Describes an exception by its class, the paths within the view, and the reason if the class
   * does not imply it. What a provider puts before the reason is left out.
   */
  static String of(Exception exception, Path root) {
    if (exception instanceof FileSystemException refused) {
      String paths = pathInView(refused.getFile(), root);
      if (refused.getOtherFile() != null) {
        paths += " -> " + pathInView(refused.getOtherFile(), root);
      }
      return refused.getClass().getSimpleName() + "(" + paths + ")" + reasonText(refused);
    }
    String name = exception.getClass().getSimpleName();
    return exception instanceof IOException ? name + ": " + exception.getMessage() : name;
  }

  /**
   * Describes an exception without the reason why a path is missing, which only some JDKs
   * distinguish.
   */
  static String ofAnyJdk(Exception exception, Path root) {
    return NOT_A_DIRECTORY
        .matcher(of(exception, root))
        .replaceFirst(NoSuchFileException.class.getSimpleName() + "$1");
  }

  private static String reasonText(FileSystemException exception) {
    String reason = exception.getReason();
    if (exception.getClass() != FileSystemException.class || reason == null) {
      return "";
    }
    return ": " + reason.substring(reason.lastIndexOf(": ") + 1).strip();
  }

  private static String pathInView(String path, Path root) {
    if (path == null) {
      return "?";
    }
    String prefix = root.toString();
    String inner = path.startsWith(prefix) ? path.substring(prefix.length()) : path;
    return visibleText(inner.startsWith("/") ? inner.substring(1) : inner);
  }

  /** Replaces what is not visible ASCII, because the JVM decodes it by its locale. */
  static String visibleText(String text) {
    return INVISIBLE.matcher(text).replaceAll("?");
  }
}
