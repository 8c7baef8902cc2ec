package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The directories beside an instance's mount point that hold the files found in it: {@code
 * mnts.overlays-aside-1}, and so on.
 */
final class AsideDirectories {
  private static final String SUFFIX = ".overlays-aside-";
  private static final Pattern NUMBERED =
      Pattern.compile(".*" + Pattern.quote(SUFFIX) + "([1-9][0-9]{0,8})");

  private AsideDirectories() {}

  static String directoryName(String mountPoint, int number) {
    return mountPoint + SUFFIX + number;
  }

  /** Lists the aside directories of an instance, the oldest first. */
  static List<Path> listIn(Path instance) throws OverlayException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(instance, entry -> numberOf(entry) > 0)) {
      for (Path entry : entries) {
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          found.add(entry);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (DirectoryIteratorException e) {
      throw InstanceFailures.accessFailure(instance, "cannot be listed", e.getCause());
    } catch (IOException e) {
      throw InstanceFailures.accessFailure(instance, "cannot be listed", e);
    }
    found.sort(Comparator.comparing(AsideDirectories::numberOf));
    return found;
  }

  /** Returns the number after the last one in use. */
  static int nextNumber(Path instance) throws OverlayException {
    List<Path> used = listIn(instance);
    return used.isEmpty() ? 1 : numberOf(used.get(used.size() - 1)) + 1;
  }

  private static int numberOf(Path entry) {
    Matcher numbered = NUMBERED.matcher(entry.getFileName().toString());
    return numbered.matches() ? Integer.parseInt(numbered.group(1)) : 0;
  }

  static Problem createNotice(Path aside) {
    return Problem.of(
        ProblemCode.CACHE_FILES_ASIDE,
        aside,
        "Some program wrote these files into the mount point of this instance while it was not"
            + " mounted; they were moved here, and the view does not show them.",
        "Start the program after the view is mounted; copy into the view what is needed, and delete"
            + " this directory.");
  }
}
