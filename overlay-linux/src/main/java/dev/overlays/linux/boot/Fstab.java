package dev.overlays.linux.boot;

import dev.overlays.BootEntries;
import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A whole fstab. Immutable: the {@code with} methods return a changed copy, which {@link #write}
 * puts in place of the file. Whatever is not an entry that is changed stays as it is, to the byte:
 * comments, spaces, odd lines, a missing line end.
 */
public final class Fstab {
  private final byte[] original;
  private final List<String> lines;

  private Fstab(byte[] original, List<String> lines) {
    this.original = original;
    this.lines = lines;
  }

  /**
   * Reads a file.
   *
   * @param file for example {@code /etc/fstab}; links are followed
   * @return its content
   * @throws OverlayException if it cannot be read ({@link ProblemCode#BOOT_FILE_FAILED})
   */
  public static Fstab read(Path file) throws OverlayException {
    return parse(new BootFile(file).readFile());
  }

  /**
   * Opens a file for those who keep specs in it and care for no other line. An entry is checked, as
   * {@link BootCheck} does, before it is written.
   *
   * @param file for example {@code /etc/fstab}; made with the first entry if it does not exist
   * @return its entries that are overlays
   */
  public static BootEntries bootEntries(Path file) {
    return new FstabBootEntries(file);
  }

  /**
   * Takes the content of a file.
   *
   * @param content any bytes
   * @return the same as lines
   */
  public static Fstab parse(byte[] content) {
    String text = ByteText.of(content);
    List<String> lines = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start) + 1;
      end = end == 0 ? text.length() : end;
      lines.add(text.substring(start, end));
      start = end;
    }
    return new Fstab(content.clone(), List.copyOf(lines));
  }

  /**
   * Returns the content of the file.
   *
   * @return a new array
   */
  public byte[] toBytes() {
    return ByteText.bytesOf(String.join("", lines));
  }

  /**
   * Returns the entries, of views and of all else.
   *
   * @return in the order of the file
   */
  public List<FstabEntry> entries() {
    return lines.stream().map(Fstab::entry).flatMap(Optional::stream).toList();
  }

  /**
   * Finds the entry of a mount point.
   *
   * @param mountPoint an absolute path, as it is in the file
   * @return the entry; the last if there are several, which is what is seen then
   */
  public Optional<FstabEntry> find(Path mountPoint) {
    return entries().stream()
        .filter(entry -> entry.mountPoint().filter(mountPoint::equals).isPresent())
        .reduce((first, last) -> last);
  }

  /**
   * Adds an entry at the end, or puts it in place of the one that the same mount point has. The
   * same entry once more changes nothing.
   *
   * @param entry what is to be in the file
   * @return the changed file
   * @throws OverlayException if the mount point has an entry of something other than an overlay, or
   *     several ({@link ProblemCode#BOOT_ENTRY_FOREIGN})
   */
  public Fstab with(FstabEntry entry) throws OverlayException {
    Path mountPoint = entry.mountPoint().orElseThrow();
    List<String> changed = new ArrayList<>(lines);
    Optional<Integer> place = place(mountPoint);
    if (place.isPresent()) {
      String old = lines.get(place.get());
      if (!entry(old).orElseThrow().equals(entry)) {
        changed.set(place.get(), entry.line() + lineEnd(old));
      }
    } else {
      int last = changed.size() - 1;
      if (last >= 0 && !changed.get(last).endsWith("\n")) {
        changed.set(last, changed.get(last) + "\n");
      }
      changed.add(entry.line() + "\n");
    }
    return new Fstab(original, List.copyOf(changed));
  }

  /**
   * Removes the entry of a mount point.
   *
   * @param mountPoint an absolute path, as it is in the file
   * @return the changed file; the same if there is no such entry
   * @throws OverlayException as {@link #with}
   */
  public Fstab without(Path mountPoint) throws OverlayException {
    List<String> changed = new ArrayList<>(lines);
    place(mountPoint).ifPresent(place -> changed.remove((int) place));
    return new Fstab(original, List.copyOf(changed));
  }

  /**
   * Writes the file as a whole: at every moment the old or the new one is there. The old one is
   * kept beside it, as {@code NAME.overlays-bak}, in place of one kept earlier. Mode, owner, ACLs
   * and other extended attributes stay; a symbolic link stays one, and what it leads to is
   * replaced. If nothing has changed, nothing is written.
   *
   * @param file the file that this was read from, or one with the same content, or none yet if
   *     there was no content
   * @throws OverlayException if the file is not what was read, or another process writes it by this
   *     library now ({@link ProblemCode#BOOT_FILE_CHANGED}), or it cannot be written ({@link
   *     ProblemCode#BOOT_FILE_FAILED}); it is untouched then
   */
  public void write(Path file) throws OverlayException {
    new BootFile(file).replaceContent(old -> Arrays.equals(old, original), toBytes());
  }

  /** Where the only entry of a mount point is, which has to be an overlay's. */
  private Optional<Integer> place(Path mountPoint) throws OverlayException {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (entry(lines.get(i))
          .flatMap(FstabEntry::mountPoint)
          .filter(mountPoint::equals)
          .isPresent()) {
        places.add(i);
      }
    }
    boolean several = places.size() > 1;
    if (several
        || (places.size() == 1 && !entry(lines.get(places.get(0))).orElseThrow().isOverlay())) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.BOOT_ENTRY_FOREIGN,
              mountPoint,
              several
                  ? "The mount point has " + places.size() + " entries."
                  : "The mount point has an entry that is not an overlay's.",
              "Remove by hand what should not be there, or use another mount point."));
    }
    return places.stream().findFirst();
  }

  private static Optional<FstabEntry> entry(String line) {
    return FstabFields.parse(line).map(FstabEntry::new);
  }

  private static String lineEnd(String line) {
    String end = line.endsWith("\n") ? "\n" : "";
    return line.endsWith("\r\n") ? "\r\n" : end;
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Fstab other && lines.equals(other.lines);
  }

  @Override
  public int hashCode() {
    return lines.hashCode();
  }

  /** Returns the content, with U+FFFD for what is not UTF-8. */
  @Override
  public String toString() {
    return ByteText.shownText(String.join("", lines));
  }
}
