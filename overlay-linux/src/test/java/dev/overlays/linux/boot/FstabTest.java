package dev.overlays.linux.boot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is not changed in an fstab stays, to the byte. */
class FstabTest {
  private static final int ROUNDS = 500;

  private static final List<String> PARTS =
      List.of(
          "# comment",
          "#",
          "UUID=1 / ext4 defaults 0 1",
          "none swap swap sw",
          "\t/dev/x\t/x y",
          "proc /proc proc\tnosuid",
          " ",
          "\t",
          "\u00e9\u00ff",
          "\0",
          "\\040",
          "overlay /m overlay",
          "lowerdir=/a:/b",
          "a b",
          "/a\\040b /c\\011 ext4 rw 1 2 3 4",
          ",");

  private static final String OTHERS =
      "# /etc/fstab\nUUID=1 / ext4 defaults 0 1\n\n  tmpfs\t/tmp  tmpfs size=5%\n";

  private static FstabEntry entry(String lower) throws OverlayException {
    return FstabEntry.of(spec(lower));
  }

  private static OverlaySpec spec(String lower) {
    return OverlaySpec.builder()
        .lower(Path.of(lower))
        .instance(Path.of("/disk/instance one"))
        .build();
  }

  private static Fstab parse(String text) {
    return Fstab.parse(ByteText.bytesOf(text));
  }

  private static final Path MOUNT_POINT = Path.of("/disk/instance one/mnts");

  @Test
  void everyFileSurvives() throws OverlayException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    FstabEntry added = entry("/new");
    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(PARTS.get(random.nextInt(PARTS.size())));
        text.append(List.of("\n", "\r\n", " ", "").get(random.nextInt(4)));
      }
      String message = "seed " + seed + " round " + round + ": " + text;
      Fstab fstab = parse(text.toString());
      assertEquals(text.toString(), ByteText.of(fstab.toBytes()), message);
      Fstab with = fstab.with(added);
      String ended = text + (text.isEmpty() || text.toString().endsWith("\n") ? "" : "\n");
      assertEquals(ended + added.line() + "\n", ByteText.of(with.toBytes()), message);
      assertEquals(with, with.with(added), message);
      assertEquals(ended, ByteText.of(with.without(MOUNT_POINT).toBytes()), message);
      assertEquals(
          Optional.of(added), parse(ByteText.of(with.toBytes())).find(MOUNT_POINT), message);
    }
  }

  @Test
  void replacesItsOwnLineOnly() throws OverlayException {
    Fstab first = parse(OTHERS).with(entry("/old"));
    Fstab more = parse(ByteText.of(first.toBytes()) + "# the end");
    Fstab changed = more.with(entry("/new"));
    assertEquals(OTHERS + entry("/new").line() + "\n# the end", ByteText.of(changed.toBytes()));
    assertEquals(spec("/new"), changed.find(MOUNT_POINT).orElseThrow().spec());
    assertEquals(3, changed.entries().size());
    assertEquals(OTHERS + "# the end", ByteText.of(changed.without(MOUNT_POINT).toBytes()));
  }

  /** Somebody has lined up the columns, and ends lines as on Windows. */
  @Test
  void theSameEntryOtherwiseSpacedStays() throws OverlayException {
    String line = entry("/l").line().replace(" ", " \t ");
    byte[] file = ByteText.bytesOf(OTHERS + "  " + line + "\t\r\n");
    assertArrayEquals(file, Fstab.parse(file).with(entry("/l")).toBytes());
    byte[] other = Fstab.parse(file).with(entry("/other")).toBytes();
    assertEquals(OTHERS + entry("/other").line() + "\r\n", ByteText.of(other));
  }

  @Test
  void leavesForeignEntriesAlone() throws OverlayException {
    String foreign = "/dev/sdb1 /disk/instance\\040one/mnts ext4 defaults 0 0\n";
    String twice = entry("/a").line() + "\n" + entry("/b").line() + "\n";
    for (String text : List.of(foreign, twice)) {
      Fstab fstab = parse(text);
      OverlayException with = assertThrows(OverlayException.class, () -> fstab.with(entry("/l")));
      OverlayException without =
          assertThrows(OverlayException.class, () -> fstab.without(MOUNT_POINT));
      assertTrue(with.has(ProblemCode.BOOT_ENTRY_FOREIGN), with::toString);
      assertTrue(without.has(ProblemCode.BOOT_ENTRY_FOREIGN), without::toString);
    }
    FstabEntry ext4 = parse(foreign).find(MOUNT_POINT).orElseThrow();
    assertEquals("ext4", ext4.type());
    OverlayException e = assertThrows(OverlayException.class, ext4::spec);
    assertTrue(e.has(ProblemCode.BOOT_ENTRY_UNREADABLE), e::toString);
  }
}
