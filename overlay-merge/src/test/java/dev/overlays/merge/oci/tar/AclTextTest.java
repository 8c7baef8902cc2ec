package dev.overlays.merge.oci.tar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ACLs as text of any tool, and the binary form of the kernel. */
class AclTextTest {
  private static final int OWNER = 1;
  private static final int USER = 2;
  private static final int OWNING_GROUP = 4;
  private static final int GROUP = 8;
  private static final int MASK = 16;
  private static final int OTHER = 32;
  private static final long NO_ID = 0xffffffffL;

  private final long seed = new Random().nextInt();
  private final Random random = new Random(seed);
  @TempDir private Path etc;
  private AclText acls;

  @BeforeEach
  void writeAccounts() throws IOException {
    Files.writeString(
        etc.resolve("passwd"), "joe:x:1000:50::/:\nspace y:x:77:50::/:\n", StandardCharsets.UTF_8);
    Files.write(
        etc.resolve("group"), "staff:x:50:\n\u00fc:x:51:\n".getBytes(StandardCharsets.ISO_8859_1));
    acls = new AclText(new LocalAccounts(etc.resolve("passwd"), etc.resolve("group")));
  }

  private record RandomEntry(int tag, int rights, long id) implements Comparable<RandomEntry> {
    @Override
    public int compareTo(RandomEntry other) {
      return tag == other.tag ? Long.compare(id, other.id) : Integer.compare(tag, other.tag);
    }
  }

  /** Returns what the kernel would have: in its order, with a mask if an account is named. */
  private SortedSet<RandomEntry> randomAcl() {
    SortedSet<RandomEntry> entries = new TreeSet<>();
    for (int tag : new int[] {OWNER, OWNING_GROUP, OTHER}) {
      entries.add(new RandomEntry(tag, random.nextInt(8), NO_ID));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      long id = random.nextBoolean() ? random.nextInt(5) : NO_ID - 1 - random.nextInt(5);
      entries.add(new RandomEntry(random.nextBoolean() ? USER : GROUP, random.nextInt(8), id));
    }
    if (entries.size() > 3 || random.nextBoolean()) {
      entries.add(new RandomEntry(MASK, random.nextInt(8), NO_ID));
    }
    return entries;
  }

  private static byte[] binaryOf(Iterable<RandomEntry> entries) {
    ByteBuffer binary = ByteBuffer.allocate(4 + 8 * 20).order(ByteOrder.LITTLE_ENDIAN).putInt(2);
    for (RandomEntry entry : entries) {
      binary.putShort((short) entry.tag()).putShort((short) entry.rights());
      binary.putInt((int) entry.id());
    }
    byte[] whole = new byte[binary.position()];
    binary.flip().get(whole);
    return whole;
  }

  private String pick(String... words) {
    return words[random.nextInt(words.length)];
  }

  private String textOf(RandomEntry entry) {
    String type =
        switch (entry.tag()) {
          case OWNER, USER -> pick("user", "u");
          case OWNING_GROUP, GROUP -> pick("group", "g");
          case MASK -> pick("mask", "m");
          default -> pick("other", "o");
        };
    String full =
        ((entry.rights() & 4) == 0 ? "-" : "r")
            + ((entry.rights() & 2) == 0 ? "-" : "w")
            + ((entry.rights() & 1) == 0 ? "-" : "x");
    String rights = pick(full, full.replace("-", ""), full + "  ", " " + full);
    if (entry.id() != NO_ID) {
      // The number counts, whoever has the name on this machine.
      return pick(
          type + ":" + entry.id() + ":" + rights,
          type + ":joe:" + rights + ":" + entry.id(),
          type + ":staff:" + rights + ":" + entry.id() + " #effective:r--",
          type + ":" + entry.id() + ":" + rights + ":" + entry.id());
    }
    return entry.tag() == MASK || entry.tag() == OTHER
        ? pick(type + "::" + rights, type + ":" + rights)
        : type + "::" + rights;
  }

  private String textOf(Iterable<RandomEntry> entries) {
    List<String> lines = new ArrayList<>();
    entries.forEach(entry -> lines.add(textOf(entry)));
    lines.add(pick("", "# file: x", "  ", "\t"));
    Collections.shuffle(lines, random);
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(line).append(line.contains("#") ? "\n" : pick(",", "\n")));
    return text.toString();
  }

  @Test
  void everyTextOfAnAclGivesTheBytesOfTheKernel() throws IOException {
    for (int round = 0; round < 3000; round++) {
      SortedSet<RandomEntry> acl = randomAcl();
      String text = textOf(acl);
      assertArrayEquals(binaryOf(acl), acls.toBinary(text), () -> text + "seed " + seed);
    }
  }

  /** acl(5): the mask is the union of what the entries give that it limits. */
  @Test
  void missingMaskIsTheUnionOfGroupsAndNamedUsers() throws IOException {
    for (int round = 0; round < 1000; round++) {
      SortedSet<RandomEntry> acl = randomAcl();
      acl.removeIf(entry -> entry.tag() == MASK);
      String text = textOf(acl);
      int union =
          acl.stream()
              .filter(entry -> entry.tag() != OWNER && entry.tag() != OTHER)
              .mapToInt(RandomEntry::rights)
              .reduce(0, (one, two) -> one | two);
      if (acl.size() > 3) {
        acl.add(new RandomEntry(MASK, union, NO_ID));
      }
      assertArrayEquals(binaryOf(acl), acls.toBinary(text), () -> text + "seed " + seed);
    }
  }

  /** Source: chmod(1) and acl(5), "Correspondence between ACL entries and file permission bits". */
  @Test
  void modeShowsTheMaskInPlaceOfTheGroup() throws IOException {
    for (int round = 0; round < 1000; round++) {
      SortedSet<RandomEntry> acl = randomAcl();
      int[] rights = new int[OTHER + 1];
      acl.forEach(entry -> rights[entry.tag()] = entry.rights());
      boolean masked = acl.stream().anyMatch(entry -> entry.tag() == MASK);
      int group = masked ? rights[MASK] : rights[OWNING_GROUP];
      int special = random.nextInt(8) << 9;
      int expected = special | rights[OWNER] << 6 | group << 3 | rights[OTHER];
      int mode = special | random.nextInt(0777);
      assertEquals(expected, AclText.modeWithAcl(binaryOf(acl), mode), "seed " + seed);
    }
  }

  @Test
  void knownAclHasItsExactBytes() throws IOException {
    byte[] binary = acls.toBinary("user::rwx,user:joe:r-x,group::r--,mask::r-x,other::---");
    assertEquals(
        "02000000"
            + "01000700ffffffff"
            + "02000500e8030000"
            + "04000400ffffffff"
            + "10000500ffffffff"
            + "20000000ffffffff",
        HexFormat.of().formatHex(binary));
    assertEquals(04750, AclText.modeWithAcl(binary, 04777));
  }

  @ParameterizedTest
  @CsvSource({
    "user:joe:r, 1000",
    "user:joe:r:, 1000",
    "user:joe:r:5, 5",
    "'user:space\\040y:r', 77",
    "'user:\\152oe:r', 1000",
    "'user:\\x:r:9', 9",
    "user:joe:r:x, 1000"
  })
  void namedUserHasTheNumberOfTheArchiveOrOfThisMachine(String entry, int id) throws IOException {
    assertEquals(id, idOfSecondEntry("user::r,group::r,other::r," + entry));
  }

  @ParameterizedTest
  @CsvSource({"group:staff:r, 50", "'group:\\374:r', 51", "group:\u00fc:r, 51", "g:0:r, 0"})
  void namedGroupHasTheNumberOfTheArchiveOrOfThisMachine(String entry, int id) throws IOException {
    byte[] binary = acls.toBinary("user::r,group::r,other::r," + entry);
    assertEquals(id, ByteBuffer.wrap(binary).order(ByteOrder.LITTLE_ENDIAN).getInt(24));
  }

  private int idOfSecondEntry(String text) throws IOException {
    return ByteBuffer.wrap(acls.toBinary(text)).order(ByteOrder.LITTLE_ENDIAN).getInt(16);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "user",
        "user::r,group::r",
        "user::r,group::r,other::r,other::r",
        "user::r,user::r,group::r,other::r",
        "user::r,group::r,mask::r,mask::r,other::r",
        "user:joe:r,group::r,other::r",
        "user::r,group::r,other::r,user:nobody here:r",
        "user::r,group::r,other::r,user:staff:r",
        "user::r,group::r,other::r,group:joe:r",
        "user::r,group::r,other::r,user:x:r:4294967295",
        "user::r,group::r,other::r,user:x:r:99999999999",
        "user::r,group::r,other::r,user:-1:r",
        "user::r,group::r,other::7",
        "user::r,group::r,other::R",
        "user::r,group::r,others::r",
        "USER::r,group::r,other::r",
        "user::r;group::r;other::r",
        "owner@:rwx::allow",
        "user::r,group::r,default:other::r"
      })
  void incompleteOrUnknownEntriesAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> acls.toBinary(text));
  }

  /** Random text is refused, or gives an ACL that the kernel accepts. */
  @Test
  void damagedTextGivesAValidAclOrNone() throws IOException {
    int valid = 0;
    for (int round = 0; round < 5000; round++) {
      StringBuilder text = new StringBuilder(textOf(randomAcl()));
      for (int i = random.nextInt(3); i > 0; i--) {
        text.setCharAt(
            random.nextInt(text.length()), ":,\n#urwx-05\u00ff".charAt(random.nextInt(12)));
      }
      try {
        assertValid(acls.toBinary(text.toString()), text + ", seed " + seed);
        valid++;
      } catch (IllegalArgumentException e) {
        assertTrue(!e.getMessage().isEmpty(), "seed " + seed);
      }
    }
    assertTrue(valid > 1000 && valid < 4500, valid + " valid, seed " + seed);
  }

  /** Source: Linux, fs/posix_acl.c, posix_acl_valid. */
  private static void assertValid(byte[] binary, String message) {
    ByteBuffer entries = ByteBuffer.wrap(binary).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(2, entries.getInt(), message);
    int last = 0;
    int seen = 0;
    while (entries.hasRemaining()) {
      int tag = entries.getShort();
      int rights = entries.getShort();
      boolean named = tag == USER || tag == GROUP;
      assertTrue(tag > last || (tag == last && named), message);
      assertTrue(rights >= 0 && rights < 8, message);
      assertEquals(named, entries.getInt() != -1, message);
      last = tag;
      seen |= tag;
    }
    int required = OWNER | OWNING_GROUP | OTHER | ((seen & (USER | GROUP)) != 0 ? MASK : 0);
    assertEquals(required, seen & required, message);
  }

  @Test
  void onlyTwoKindsOfAclExistOnLinux() {
    assertEquals("system.posix_acl_access", AclText.xattrName("SCHILY.acl.access"));
    assertEquals("system.posix_acl_default", AclText.xattrName("SCHILY.acl.default"));
    assertNull(AclText.xattrName("SCHILY.acl.ace"));
    assertNull(AclText.xattrName("SCHILY.acl."));
  }
}
