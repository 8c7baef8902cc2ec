package dev.overlays.lookup;

import dev.overlays.fit.LayerFit;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where the layers below have an entry: under another name in the same directory, or under a path
 * from the root. Source: the kernel's fs/overlayfs/namei.c, {@code ovl_check_redirect}.
 *
 * @param absolute whether the names start at the root
 * @param names one sibling name, or the names of a path
 */
public record RedirectTarget(boolean absolute, List<Name> names) {

  /**
   * Reads the mark of an entry.
   *
   * @param directory its directory
   * @param name its name
   * @param marks where marks are kept
   * @return where it leads; empty if there is no mark, or if the kernel would refuse it
   * @throws IOException if the mark cannot be read
   */
  public static Optional<RedirectTarget> readMark(
      LayerDirectory directory, Name name, MarkNamespace marks) throws IOException {
    return directory.xattr(name, Mark.REDIRECT.xattr(marks)).flatMap(RedirectTarget::parseMark);
  }

  /**
   * Reads the value of a mark.
   *
   * @param value its bytes
   * @return where it leads; empty if the kernel would refuse it
   */
  public static Optional<RedirectTarget> parseMark(byte[] value) {
    if (!LayerFit.isRedirectValid(value)) {
      return Optional.empty();
    }
    int end = 0;
    while (end < value.length && value[end] != 0) {
      end++;
    }
    boolean absolute = value[0] == '/';
    List<Name> names = new ArrayList<>();
    int start = absolute ? 1 : 0;
    for (int i = start; i <= end; i++) {
      if (i == end || value[i] == '/') {
        names.add(Name.of(Arrays.copyOfRange(value, start, i)));
        start = i + 1;
      }
    }
    return Optional.of(new RedirectTarget(absolute, List.copyOf(names)));
  }
}
