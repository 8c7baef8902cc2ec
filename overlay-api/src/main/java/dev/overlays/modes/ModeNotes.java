package dev.overlays.modes;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Records, in a directory beside a layer, which entries have a temporary mode, so that the next run
 * can restore them after a crash. Each note is a symbolic link, since that is created with its
 * content in one operation. It leads nowhere: its text is the mode, the root of the layer and the
 * path in it.
 */
final class ModeNotes {
  static final Name NOTES_NAME = Name.of("overlays-modes");

  private static final int OCTAL = 8;
  private static final int HEADER = 2;

  private final NotesOpener parentOpener;
  private long noteCount;

  /** Opens the parent of the directory of the notes. It is called for each access. */
  @FunctionalInterface
  interface NotesOpener {
    LayerDirectory openParent() throws IOException;
  }

  ModeNotes(NotesOpener beside) {
    this.parentOpener = beside;
  }

  /** An entry, as the names that lead to it from the root of its layer, and the mode to restore. */
  record ModeNote(Path root, List<Name> path, int mode) {}

  /** Adds a note, and returns its name. */
  synchronized Name addNote(ModeNote note) throws IOException {
    Name name = Name.of(Long.toString(++noteCount));
    try (LayerDirectory directory = parentOpener.openParent()) {
      EntryStat before = LayerEntries.requireStat(directory, Name.SELF);
      if (directory.stat(NOTES_NAME).isEmpty()) {
        directory.createDirectory(NOTES_NAME);
      }
      try (LayerDirectory notes = directory.open(NOTES_NAME)) {
        notes.createSymlink(name, noteText(note));
      }
      directory.setTimes(Name.SELF, before.accessed(), before.modified());
    }
    return name;
  }

  /** Removes a note, and after the last one the directory of the notes. */
  synchronized void removeNote(Name note) throws IOException {
    try (LayerDirectory directory = parentOpener.openParent()) {
      EntryStat before = LayerEntries.requireStat(directory, Name.SELF);
      try (LayerDirectory notes = directory.open(NOTES_NAME)) {
        notes.remove(note);
      }
      try {
        directory.removeDirectory(NOTES_NAME);
      } catch (DirectoryNotEmptyException e) {
        // There are other notes.
      }
      directory.setTimes(Name.SELF, before.accessed(), before.modified());
    }
  }

  private static byte[] noteText(ModeNote note) {
    StringBuilder text = new StringBuilder(Integer.toString(note.mode(), OCTAL)).append('/');
    text.append(
        escapeBytes(note.root().toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8)));
    for (Name name : note.path()) {
      text.append('/').append(escapeBytes(name.toBytes()));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static String escapeBytes(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte part : bytes) {
      boolean plain = part > ' ' && part < 0x7f && part != '/' && part != '%';
      text.append(plain ? Character.toString(part) : String.format("%%%02x", part));
    }
    return text.toString();
  }

  private static byte[] unescapeBytes(String escaped) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      if (c == '%' && i + 2 < escaped.length()) {
        bytes.write(Integer.parseInt(escaped.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return bytes.toByteArray();
  }

  /**
   * Returns the notes that are left, the last one first, so that entries come before the
   * directories around them.
   */
  List<ModeNote> leftNotes() throws IOException {
    List<ModeNote> left = new ArrayList<>();
    try (LayerDirectory directory = parentOpener.openParent()) {
      if (directory.stat(NOTES_NAME).filter(EntryStat::isDirectory).isEmpty()) {
        return left;
      }
      try (LayerDirectory notes = directory.open(NOTES_NAME)) {
        for (Name name : lastFirst(notes)) {
          parseNote(notes.readSymlink(name)).ifPresent(left::add);
        }
      }
    }
    return left;
  }

  private static List<Name> lastFirst(LayerDirectory notes) throws IOException {
    List<Name> names = new ArrayList<>();
    EntryCursor entries = notes.entries();
    for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
      names.add(entry.name());
    }
    names.sort(
        Comparator.comparingInt((Name name) -> name.toString().length())
            .thenComparing(Name::toString)
            .reversed());
    return names;
  }

  /** Removes all notes. */
  void removeNotes() throws IOException {
    try (LayerDirectory directory = parentOpener.openParent()) {
      EntryStat before = LayerEntries.requireStat(directory, Name.SELF);
      LayerEntries.removeTree(directory, NOTES_NAME);
      directory.setTimes(Name.SELF, before.accessed(), before.modified());
    }
  }

  private static Optional<ModeNote> parseNote(byte[] text) {
    String[] parts = new String(text, StandardCharsets.US_ASCII).split("/", -1);
    try {
      List<Name> path = new ArrayList<>();
      for (int i = HEADER; i < parts.length; i++) {
        path.add(Name.of(unescapeBytes(parts[i])));
      }
      Path root = Path.of(new String(unescapeBytes(parts[1]), StandardCharsets.UTF_8));
      return Optional.of(new ModeNote(root, path, Integer.parseInt(parts[0], OCTAL)));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
