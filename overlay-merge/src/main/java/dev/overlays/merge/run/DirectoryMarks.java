package dev.overlays.merge.run;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;

/** What the marks of a directory say about the layers below it. */
public final class DirectoryMarks {
  private DirectoryMarks() {}

  /** Whether a directory merges with those of its own name: it is neither opaque nor renamed. */
  public static boolean isTransparent(LayerDirectory parent, Name name, MarkNamespace marks)
      throws IOException {
    return !LayerEntries.isOpaque(parent, name, marks)
        && parent.xattr(name, Mark.REDIRECT.xattr(marks)).isEmpty();
  }
}
