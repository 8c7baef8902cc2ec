package dev.overlays.linux.programs;

import dev.overlays.OverlayMount;
import java.nio.file.Path;

/** A library or a program that keeps something in a directory. It ends what it has begun. */
interface Program {
  /** Makes what is there before there is a view. */
  void prepare(Path directory) throws Exception;

  /** Reads what was prepared, and changes it. */
  void use(Path directory) throws Exception;

  /** Reads what came of it, and changes nothing that matters. */
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
