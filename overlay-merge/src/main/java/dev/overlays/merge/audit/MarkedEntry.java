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
 * @param directory the directory around it
 * @param name its name
 * @param stat its state
 * @param namespace the namespace of the marks
 * @param marks its marks
 * @param unknownMarks its extended attributes in the namespace that are not known marks
 */
record MarkedEntry(
    LayerDirectory directory,
    Name name,
    EntryStat stat,
    MarkNamespace namespace,
    Set<Mark> marks,
    List<String> unknownMarks) {

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

  void removeMark(Mark mark) throws IOException {
    directory.removeXattr(name, mark.xattr(namespace));
  }

  Problem createProblem(ProblemCode code, String message, String remedy) {
    return Problem.of(code, LayerEntries.pathOf(directory, name), message, remedy);
  }
}
