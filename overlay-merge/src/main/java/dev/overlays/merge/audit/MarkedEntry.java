package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An entry of a layer with its marks.
 *
 * @param directory the directory that it is in
 * @param name its name there
 * @param stat what it is
 * @param namespace where marks are kept
 * @param marks those that it has
 * @param unknown the extended attributes that should be marks and are none known here
 */
record MarkedEntry(
    LayerDirectory directory,
    Name name,
    EntryStat stat,
    MarkNamespace namespace,
    Set<Mark> marks,
    List<String> unknown) {

  static MarkedEntry of(
      LayerDirectory directory,
      Name name,
      EntryStat stat,
      List<String> xattrs,
      MarkNamespace namespace) {
    Set<Mark> marks = EnumSet.noneOf(Mark.class);
    List<String> unknown = new ArrayList<>();
    for (String xattr : xattrs) {
      if (namespace.isMark(xattr)) {
        Optional<Mark> mark = Mark.of(xattr, namespace);
        mark.ifPresentOrElse(marks::add, () -> unknown.add(xattr));
      }
    }
    return new MarkedEntry(directory, name, stat, namespace, marks, unknown);
  }

  boolean hasMark(Mark mark) {
    return marks.contains(mark);
  }

  boolean isRoot() {
    return name.equals(Name.SELF);
  }

  Optional<byte[]> markValue(Mark mark) throws IOException {
    return directory.xattr(name, mark.xattr(namespace));
  }

  void dropMark(Mark mark) throws IOException {
    directory.removeXattr(name, mark.xattr(namespace));
  }

  Problem problemOf(ProblemCode code, String message, String remedy) {
    return Problem.of(code, LayerEntries.path(directory, name), message, remedy);
  }
}
