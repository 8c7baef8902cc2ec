package dev.overlays.merge;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks through an upper, before anything is changed, for marks that the merge does not handle. */
final class MarkCheck {
  /** More than these do not help anybody. */
  private static final int ENOUGH = 20;

  private final MarkNamespace marks;
  private final List<Problem> problems = new ArrayList<>();

  private MarkCheck(MarkNamespace marks) {
    this.marks = marks;
  }

  static List<Problem> check(LayerDirectory upper, PrivateTree privates, MarkNamespace marks)
      throws IOException {
    MarkCheck check = new MarkCheck(marks);
    check.root(upper);
    check.inside(upper, privates);
    return check.problems;
  }

  /** The kernel marks the root of every upper that it has written to. */
  private void root(LayerDirectory upper) throws IOException {
    MarkNamespace other = marks == MarkNamespace.USER ? MarkNamespace.TRUSTED : MarkNamespace.USER;
    List<String> xattrs = upper.xattrs(Name.SELF);
    if (xattrs.stream().anyMatch(other::isMark) && xattrs.stream().noneMatch(marks::isMark)) {
      problems.add(
          Problem.of(
              ProblemCode.MERGE_UNKNOWN_MARK,
              LayerEntries.path(upper, Name.SELF),
              "The upper was written with marks in "
                  + other.prefix()
                  + "*, but the spec says "
                  + marks.prefix()
                  + "*.",
              "Set userxattr in the spec as it was when the view was mounted."));
    }
  }

  private void inside(LayerDirectory directory, PrivateTree privates) throws IOException {
    EntryCursor entries = directory.entries();
    LayerEntry entry = entries.next();
    while (entry != null && problems.size() < ENOUGH) {
      PrivateTree inner = PrivateTree.below(privates, entry.name());
      if (!PrivateTree.isPrivate(inner)) {
        entry(directory, entry, inner);
      }
      entry = entries.next();
    }
  }

  private void entry(LayerDirectory directory, LayerEntry entry, PrivateTree inner)
      throws IOException {
    EntryType type = entry.type();
    if (type == EntryType.CHARACTER_DEVICE) {
      return;
    }
    for (String xattr : directory.xattrs(entry.name())) {
      if (marks.isMark(xattr)) {
        mark(directory, entry.name(), Mark.of(xattr, marks), xattr);
      }
    }
    if (type == EntryType.UNKNOWN) {
      type = directory.stat(entry.name()).map(EntryStat::type).orElse(type);
    }
    if (type == EntryType.DIRECTORY) {
      try (LayerDirectory below = directory.open(entry.name())) {
        inside(below, inner);
      }
    }
  }

  private void mark(LayerDirectory directory, Name name, Optional<Mark> mark, String xattr)
      throws IOException {
    if (mark.isEmpty()) {
      add(ProblemCode.MERGE_UNKNOWN_MARK, directory, name, "has the unknown mark " + xattr);
      return;
    }
    switch (mark.get()) {
      case REDIRECT -> add(ProblemCode.MERGE_REDIRECT, directory, name, "was renamed in the view");
      case METACOPY ->
          add(ProblemCode.MERGE_METACOPY, directory, name, "has its data in the lower");
      case WHITEOUT -> add(ProblemCode.MERGE_XATTR_WHITEOUT, directory, name, "is a whiteout file");
      case NLINK, UPPER ->
          add(
              ProblemCode.MERGE_INDEX,
              directory,
              name,
              "is part of the index of the work directory");
      case PROTATTR ->
          add(ProblemCode.MERGE_UNKNOWN_MARK, directory, name, "is immutable or append-only");
      case OPAQUE -> {
        if (!LayerEntries.isOpaque(directory, name, marks)) {
          add(ProblemCode.MERGE_XATTR_WHITEOUT, directory, name, "may hold whiteout files");
        }
      }
      case ORIGIN, IMPURE, UUID, MERGE_TIME, MERGE_COPY -> {}
    }
  }

  private void add(ProblemCode code, LayerDirectory directory, Name name, String what) {
    problems.add(
        Problem.of(
            code,
            LayerEntries.path(directory, name),
            "The entry of the upper " + what + ", which this version does not merge.",
            remedy(code)));
  }

  private static String remedy(ProblemCode code) {
    return switch (code) {
      case MERGE_REDIRECT ->
          "Mount the view with redirect_dir=nofollow or off from now on; copy the directory in the"
              + " view under another name and delete this one there.";
      case MERGE_METACOPY ->
          "Mount the view with metacopy=off from now on; write to the file in the view once, so"
              + " that its data is copied up.";
      case MERGE_INDEX ->
          "Mount the view with index=off from now on; copy the file in the view over itself.";
      case MERGE_XATTR_WHITEOUT ->
          "Replace it by a whiteout device: mount the view, make the file and delete it there.";
      default -> "Copy the entry in the view over itself, without that attribute.";
    };
  }
}
