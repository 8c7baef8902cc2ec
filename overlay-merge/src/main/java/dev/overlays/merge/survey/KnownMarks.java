package dev.overlays.merge.survey;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What the survey of an upper has seen of extended attributes: of an entry that had none, or only
 * the kernel's note of where it was copied up from, the walk need not ask again. Now and then an
 * entry is taken for one that had some, which costs one question.
 */
public final class KnownMarks {
  private static final Optional<List<String>> PLAIN = Optional.of(List.of());

  private final List<String> origin;
  private final Optional<List<String>> plainOrigin;
  private final MarkFilter origins = new MarkFilter();
  private final MarkFilter others = new MarkFilter();
  private volatile boolean distrusted;

  KnownMarks(MarkNamespace marks) {
    origin = List.of(Mark.ORIGIN.xattr(marks));
    plainOrigin = Optional.of(origin);
  }

  /** Remembers an entry, and tells whether it has anything but a note of its origin. */
  boolean noteSeen(ViewPlace place, Name name, List<String> xattrs) {
    if (xattrs.isEmpty()) {
      return false;
    }
    if (xattrs.equals(origin)) {
      origins.addPlace(place, name);
      return false;
    }
    others.addPlace(place, name);
    return true;
  }

  /** From now on every entry is asked: marks are set that have not been seen. */
  public void distrustAll() {
    distrusted = true;
  }

  /** Remembers an entry that has not been asked for its extended attributes. */
  void notAsked(ViewPlace place, Name name) {
    others.addPlace(place, name);
  }

  /** The extended attributes of an entry, as far as marks are among them. */
  public List<String> knownXattrs(LayerDirectory directory, ViewPlace place, Name name)
      throws IOException {
    Optional<List<String>> plain = plainXattrs(place, name);
    return plain.isPresent() ? plain.get() : directory.xattrs(name);
  }

  /** The marks of an entry that has none but the note of its origin; empty if it may have some. */
  public Optional<List<String>> plainXattrs(ViewPlace place, Name name) {
    if (distrusted || others.mayHave(place, name)) {
      return Optional.empty();
    }
    return origins.mayHave(place, name) ? plainOrigin : PLAIN;
  }
}
