package dev.overlays.testkit.union;

import dev.overlays.layer.MarkNamespace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Translates the names of extended attributes between layer and view. Marks are hidden; an
 * attribute that looks like a mark in the view has one more {@code overlay.} in the layer. Source:
 * the kernel's Documentation/filesystems/overlayfs.rst, "nesting overlayfs mounts".
 */
record ShownXattrs(MarkNamespace marks) {
  private static final String ESCAPE = "overlay.";

  List<String> listShown(ViewEntry entry) throws IOException {
    List<String> shown = new ArrayList<>();
    for (String xattr : entry.directory().xattrs(entry.name())) {
      if (!marks.isMark(xattr)) {
        shown.add(
            xattr.startsWith(marks.prefix())
                ? marks.prefix() + xattr.substring(marks.prefix().length() + ESCAPE.length())
                : xattr);
      }
    }
    return shown;
  }

  Optional<byte[]> readShown(ViewEntry entry, String xattr) throws IOException {
    return entry.directory().xattr(entry.name(), nameInLayer(xattr));
  }

  String nameInLayer(String xattr) {
    return xattr.startsWith(marks.prefix())
        ? marks.prefix() + ESCAPE + xattr.substring(marks.prefix().length())
        : xattr;
  }
}
