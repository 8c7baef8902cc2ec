package dev.overlays.merge.survey;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.run.TreePlace;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What the survey of an upper knows about extended attributes. The walk need not list those of an
 * entry that has none, or only the kernel's mark of where it was copied up from. A false positive
 * of the filter costs one more call.
 */
public final class KnownMarks {
  private static final Optional<List<String>> PLAIN = Optional.of(List.of());

  private final List<String> origin;
  private final Optional<List<String>> plainOrigin;
  private final MarkBloomFilter origins = new MarkBloomFilter();
  private final MarkBloomFilter others = new MarkBloomFilter();
  private volatile boolean distrusted;

  KnownMarks(MarkNamespace marks) {
    origin = List.of(Mark.ORIGIN.xattr(marks));
    plainOrigin = Optional.of(origin);
  }

  /** Records an entry, and returns whether it has anything but the mark of its origin. */
  boolean rememberXattrs(TreePlace place, Name name, List<String> xattrs) {
    if (xattrs.isEmpty()) {
      return false;
    }
    if (xattrs.equals(origin)) {
      origins.addEntry(place, name);
      return false;
    }
    others.addEntry(place, name);
    return true;
  }

  /**
   * Lists the attributes of every entry from now on, because marks are set that the survey has not
   * seen.
   */
  public void distrustAll() {
    distrusted = true;
  }

  /** Records an entry whose extended attributes were not listed. */
  void rememberUnasked(TreePlace place, Name name) {
    others.addEntry(place, name);
  }

  /** Returns the extended attributes of an entry; may leave out those that are no marks. */
  public List<String> listXattrs(LayerDirectory directory, TreePlace place, Name name)
      throws IOException {
    Optional<List<String>> plain = plainMarks(place, name);
    return plain.isPresent() ? plain.get() : directory.xattrs(name);
  }

  /**
   * Returns the marks of an entry that has at most the mark of its origin; empty if it may have
   * others.
   */
  public Optional<List<String>> plainMarks(TreePlace place, Name name) {
    if (distrusted || others.mayContain(place, name)) {
      return Optional.empty();
    }
    return origins.mayContain(place, name) ? plainOrigin : PLAIN;
  }
}
