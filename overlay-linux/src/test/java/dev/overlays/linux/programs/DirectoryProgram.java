package dev.overlays.linux.programs;

import dev.overlays.OverlayMount;
import java.nio.file.Path;

/** A library or program that keeps data in a directory, and closes what it opens. */
interface DirectoryProgram {
  /** Creates the data before the view is mounted. */
  void prepare(Path directory) throws Exception;

  /** Reads the prepared data, and changes it. */
  void use(Path directory) throws Exception;

  /** Verifies the changed data, without changes that matter. */
  void verify(Path directory) throws Exception;

  /** Does in a view what {@link #use} does. */
  default void useIn(OverlayMount view) throws Exception {
    use(view.root());
  }

  /** Does in a view what {@link #verify} does. */
  default void verifyIn(OverlayMount view) throws Exception {
    verify(view.root());
  }
}
