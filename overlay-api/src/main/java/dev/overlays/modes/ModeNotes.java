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
 * Remembers, in a directory beside a layer, which entries have another mode for a moment, so that
 * the next run puts right what a crash has left. Each note is a symbolic link, which is made at
 * once, and leads nowhere: its text is the mode, the root of the layer and the path in it.
 */
final class ModeNotes {
  static final Name NAME = Name.of("overlays-modes");

  private static final int OCTAL = 8;
  private static final int HEADER = 2;

  private final NotesOpener beside;
  private long count;

  /** Opens the directory that the notes are in, each time anew. */
  @FunctionalInterface
  interface NotesOpener {
    LayerDirectory open() throws IOException;
  }

  ModeNotes(NotesOpener beside) {
    this.beside = beside;
  }

  /** An entry, the names that lead to it from the root of its layer, and the mode it is to have. */
  record ModeNote(Path root, List<Name> path, int mode) {}

  /** Makes a note, and returns its name. */
  synchronized Name add(ModeNote note) throws IOException {
    Name name = Name.of(Long.toString(++count));
    try (LayerDirectory directory = beside.open()) {
      EntryStat before = LayerEntries.present(directory, Name.SELF);
      if (directory.stat(NAME).isEmpty()) {
        directory.createDirectory(NAME);
      }
      try (LayerDirectory notes = directory.open(NAME)) {
        notes.createSymlink(name, text(note));
      }
      directory.setTimes(Name.SELF, before.accessed(), before.modified());
    }
    return name;
  }

  /** Removes a note, and the directory of the notes after the last. */
  synchronized void remove(Name note) throws IOException {
    try (LayerDirectory directory = beside.open()) {
      EntryStat before = LayerEntries.present(directory, Name.SELF);
      try (LayerDirectory notes = directory.open(NAME)) {
        notes.remove(note);
      }
      try {
        directory.removeDirectory(NAME);
      } catch (DirectoryNotEmptyException e) {
        // There are others.
      }
      directory.setTimes(Name.SELF, before.accessed(), before.modified());
    }
  }

  private static byte[] text(ModeNote note) {
    StringBuilder text = new StringBuilder(Integer.toString(note.mode(), OCTAL)).append('/');
    text.append(escaped(note.root().toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8)));
    for (Name name : note.path()) {
      text.append('/').append(escaped(name.toBytes()));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte part : bytes) {
      boolean plain = part > ' ' && part < 0x7f && part != '/' && part != '%';
      text.append(plain ? Character.toString(part) : String.format("%%%02x", part));
    }
    return text.toString();
  }

  private static byte[] bytes(String escaped) {
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

  /** Returns what is left, the last first: what is inside comes before what is around it. */
  List<ModeNote> left() throws IOException {
    List<ModeNote> left = new ArrayList<>();
    try (LayerDirectory directory = beside.open()) {
      if (directory.stat(NAME).filter(EntryStat::isDirectory).isEmpty()) {
        return left;
      }
      try (LayerDirectory notes = directory.open(NAME)) {
        for (Name name : lastFirst(notes)) {
          parsed(notes.readSymlink(name)).ifPresent(left::add);
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

  /** Forgets everything that is left. */
  void clear() throws IOException {
    try (LayerDirectory directory = beside.open()) {
      EntryStat before = LayerEntries.present(directory, Name.SELF);
      LayerEntries.removeTree(directory, NAME);
      directory.setTimes(Name.SELF, before.accessed(), before.modified());
    }
  }

  private static Optional<ModeNote> parsed(byte[] text) {
    String[] parts = new String(text, StandardCharsets.US_ASCII).split("/", -1);
    try {
      List<Name> path = new ArrayList<>();
      for (int i = HEADER; i < parts.length; i++) {
        path.add(Name.of(bytes(parts[i])));
      }
      Path root = Path.of(new String(bytes(parts[1]), StandardCharsets.UTF_8));
      return Optional.of(new ModeNote(root, path, Integer.parseInt(parts[0], OCTAL)));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
